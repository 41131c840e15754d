/** People, teams, members and deputies, as their screens ask for them. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { queries } from '$lib/queries';
import type { Chosen, Filter } from '../lists/filters';
import { everyPage, type Option } from '../plan/setup';

type Schemas = components['schemas'];
export type User = Schemas['UserRead'];
export type UserSummary = Schemas['UserSummary'];
export type Team = Schemas['TeamRead'];
export type Member = Schemas['MemberRead'];
export type MemberCreate = Schemas['MemberCreate'];
export type Given = Schemas['GivenWrite'];
export type Deputy = Schemas['DeputyRead'];
export type Role = Schemas['Role'];
export type RoleRead = Schemas['RoleRead'];
type UsersQuery = NonNullable<paths['/v1/users']['get']['parameters']['query']>;
type MembersQuery = NonNullable<paths['/v1/plans/{plan}/members']['get']['parameters']['query']>;

export const USER_FILTERS: Filter[] = [
  { name: 'disabled', label: 'Disabled accounts', kind: 'flag' },
  { name: 'admin', label: 'Administrators', kind: 'flag' },
];

export function usersPage(chosen: Chosen, sort: string, cursor?: string) {
  const query = {
    ...(chosen.disabled && { disabled: true }),
    ...(chosen.admin && { admin: true }),
    ...(chosen.q && { q: chosen.q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as UsersQuery;
  return read(api.GET('/v1/users', { params: { query } }));
}

export function userQuery(user: string) {
  return queryOptions({
    queryKey: ['users', 'one', user],
    queryFn: () => readVersioned(api.GET('/v1/users/{user}', { params: { path: { user } } })),
  });
}

/** Everyone who can be put into a team. */
export function userOptionsQuery() {
  return queryOptions({
    queryKey: ['users', 'options'],
    queryFn: async (): Promise<Option[]> => {
      const all = await everyPage<UserSummary>((cursor) =>
        read(api.GET('/v1/users', { params: { query: { limit: 200, cursor } } })),
      );
      return all.map(({ id, name, email }) => ({ value: String(id), label: `${name} (${email})` }));
    },
  });
}

export function teamsQuery() {
  return queryOptions({
    queryKey: ['teams', 'all'],
    queryFn: () =>
      everyPage<Team>((cursor) => read(api.GET('/v1/teams', { params: { query: { limit: 200, sort: 'name', cursor } } }))),
  });
}

export function teamQuery(team: string) {
  return queryOptions({
    queryKey: ['teams', 'one', team],
    queryFn: () => readVersioned(api.GET('/v1/teams/{team}', { params: { path: { team } } })),
  });
}

/** Every role in words, with what it may do. */
export function rolesQuery() {
  return queryOptions({
    queryKey: ['roles'],
    queryFn: async () => (await read(api.GET('/v1/roles'))).items,
    staleTime: Infinity,
  });
}

export function memberFilters(roles: readonly RoleRead[]): Filter[] {
  const choices = roles.filter(({ role }) => role !== 'admin').map(({ role, title }) => ({ value: role, label: title }));
  return [
    { name: 'role', label: 'Role', kind: 'choices', choices },
    { name: 'past', label: 'Ended or disabled', kind: 'flag' },
  ];
}

export function membersPage(plan: string, chosen: Chosen, sort: string, cursor?: string) {
  const query = {
    ...(chosen.role && { role: chosen.role }),
    ...(chosen.past && { current: false }),
    ...(chosen.q && { q: chosen.q[0] }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as MembersQuery;
  return read(api.GET('/v1/plans/{plan}/members', { params: { path: { plan }, query } }));
}

export function memberQuery(plan: string, member: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'members', 'one', member],
    queryFn: () =>
      readVersioned(api.GET('/v1/plans/{plan}/members/{member}', { params: { path: { plan, member: Number(member) } } })),
  });
}

export function deputiesPage(plan: string, cursor?: string) {
  return read(api.GET('/v1/plans/{plan}/deputies', { params: { path: { plan }, query: { limit: 50, cursor } } }));
}

/** Those who take part in the plan, to choose somebody from. */
export function colleaguesQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'people', 'options'],
    queryFn: async (): Promise<Option[]> => {
      const all = await everyPage<Schemas['ColleagueRead']>((cursor) =>
        read(api.GET('/v1/plans/{plan}/people', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      );
      return all.map(({ id, name }) => ({ value: String(id), label: name }));
    },
  });
}

/** What may be given to a reader of a part of the plan, as `kind:ref`. */
export function givableQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'givable'],
    queryFn: async (): Promise<Record<'recommendation' | 'action' | 'kpi', Option[]>> => {
      const where = (cursor?: string) => ({ params: { path: { plan }, query: { limit: 200, cursor } } });
      const [recommendations, actions, kpis] = await Promise.all([
        everyPage<Schemas['RecommendationSummary']>((cursor) => read(api.GET('/v1/plans/{plan}/recommendations', where(cursor)))),
        everyPage<Schemas['ActionSummary']>((cursor) => read(api.GET('/v1/plans/{plan}/actions', where(cursor)))),
        everyPage<Schemas['KpiSummary']>((cursor) => read(api.GET('/v1/plans/{plan}/kpis', where(cursor)))),
      ]);
      const option = (ref: string, title: string): Option => ({ value: ref, label: `${ref}: ${title.length > 80 ? `${title.slice(0, 79)}…` : title}` });
      return {
        recommendation: recommendations.map(({ ref, label, text }) => option(ref, label ?? text)),
        action: actions.map(({ ref, title }) => option(ref, title)),
        kpi: kpis.map(({ ref, title }) => option(ref, title)),
      };
    },
  });
}

/** Roles that are given items: the others read the whole plan. */
export function takesItems(role: string): boolean {
  return ['inspector', 'partner', 'integration'].includes(role);
}

export async function peopleChanged(): Promise<void> {
  await Promise.all(['users', 'teams', 'plans'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
}

/** Whether a membership or a deputy counts today. */
export function standingOf({ is_current, ends_on, starts_on }: { is_current: boolean; ends_on: string | null; starts_on?: string | null }, today: string): 'active' | 'ended' | 'disabled' | 'not_yet' {
  if (is_current) return 'active';
  if (starts_on && starts_on > today) return 'not_yet';
  return ends_on && ends_on < today ? 'ended' : 'disabled';
}
