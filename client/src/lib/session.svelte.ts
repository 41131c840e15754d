import { api, Problem, read } from '$lib/api';
import type { components } from '$lib/api/schema';

export type Me = components['schemas']['Me'];
export type MyPlan = Me['plans'][number];

class Session {
  me = $state.raw<Me | null>(null);

  /** Who is signed in, asked once per page load; null when nobody is. */
  async whoAmI(): Promise<Me | null> {
    if (this.me) return this.me;
    try {
      this.me = await read(api.GET('/v1/me'));
    } catch (thrown) {
      if (!(thrown instanceof Problem && thrown.status === 401)) throw thrown;
    }
    return this.me;
  }

  async signIn(email: string, password: string): Promise<Me | null> {
    await api.POST('/v1/auth/sessions', { body: { email, password } });
    this.me = null;
    return this.whoAmI();
  }

  async signOut(): Promise<void> {
    try {
      await api.DELETE('/v1/auth/sessions/current');
    } catch (thrown) {
      // An ended session is what was asked for.
      if (!(thrown instanceof Problem && thrown.status === 401)) throw thrown;
    }
    this.me = null;
  }

  forget(): void {
    this.me = null;
  }
}

export const session = new Session();

export function roleIn(plan: string): string | null {
  return session.me?.plans.find(({ ref }) => ref === plan)?.role ?? null;
}

/**
 * Whether the person may do this in the plan at all; an item's own `may_edit` says it of that item.
 * A closed plan takes no change of its content until it is opened again.
 */
export function may(plan: string, permission: MyPlan['permissions'][number]): boolean {
  const mine = session.me?.plans.find(({ ref }) => ref.toLowerCase() === plan.toLowerCase());
  return mine?.permissions.includes(permission) ?? false;
}

export function isClosed(plan: string): boolean {
  return session.me?.plans.find(({ ref }) => ref.toLowerCase() === plan.toLowerCase())?.status === 'closed';
}
