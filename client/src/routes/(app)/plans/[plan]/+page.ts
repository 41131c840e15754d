import { error, redirect } from '@sveltejs/kit';
import { landingPath } from '$lib/navigation';
import type { PageLoad } from './$types';

/** A plan has no page of its own: it begins where the person's role begins. */
export const load: PageLoad = async ({ params, parent }) => {
  const { me } = await parent();
  const mine = me.plans.find(({ ref }) => ref.toLowerCase() === params.plan.toLowerCase());
  if (!mine) error(404, 'This plan cannot be found');
  redirect(307, landingPath(mine));
};
