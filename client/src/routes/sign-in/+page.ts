import { redirect } from '@sveltejs/kit';
import { safeNext } from '$lib/navigation';
import { session } from '$lib/session.svelte';
import type { PageLoad } from './$types';

export const load: PageLoad = ({ url }) => {
  const next = safeNext(url.searchParams.get('next'));
  if (session.me) redirect(307, next);
  return { next };
};
