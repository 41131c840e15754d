import { redirect } from '@sveltejs/kit';
import { signInPath } from '$lib/navigation';
import { session } from '$lib/session.svelte';
import type { LayoutLoad } from './$types';

/** Everything in this group is for people who are signed in. */
export const load: LayoutLoad = async ({ url }) => {
  const me = await session.whoAmI();
  if (!me) redirect(307, signInPath(url));
  return { me };
};
