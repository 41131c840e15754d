/** What the screens of case-file audits ask the service for, and where they are. */
import { keepPreviousData, queryOptions } from '@tanstack/svelte-query';
import { api, read, readVersioned } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { planPath } from '$lib/navigation';
import type { Chosen } from '../lists/filters';
import { everyPage, type Option, type Party } from '../plan/setup';

type Schemas = components['schemas'];
export type Template = Schemas['AuditTemplateRead'];
export type Domain = Template['domains'][number];
export type Audit = Schemas['AuditRead'];
export type AuditMark = Audit['marks'][number];
export type Results = Schemas['AuditResultsRead'];
export type PeriodResult = Results['periods'][number];
export type TeamResult = PeriodResult['teams'][number];
export type DomainResult = TeamResult['domains'][number];
export type Summary = DomainResult['before'];
export type Part = Summary['distribution'][number];
export type Position = Schemas['WindscreenPositionRead'];
export type Grade = Schemas['Grade'];
type ListQuery = NonNullable<paths['/v1/plans/{plan}/audits']['get']['parameters']['query']>;

/** How long the periods are that audits are added up over. */
export const SPANS = { month: 'Months', financial_quarter: 'Quarters', financial_year: 'Financial years' } as const;
export type Span = keyof typeof SPANS;

export function auditsPath(plan: string, below = ''): string {
  return planPath(plan, below ? `audits/${below}` : 'audits');
}

export function auditPath(plan: string, audit: string): string {
  return auditsPath(plan, `recorded/${encodeURIComponent(audit)}`);
}

export function templatePath(plan: string, template: string): string {
  return auditsPath(plan, `templates/${encodeURIComponent(template)}`);
}

export function templatesQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'audit-templates', 'all'],
    queryFn: () =>
      everyPage<Template>((cursor) =>
        read(api.GET('/v1/plans/{plan}/audit-templates', { params: { path: { plan }, query: { limit: 200, cursor } } })),
      ),
  });
}

export function templateQuery(plan: string, template: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'audit-templates', 'one', template],
    queryFn: () => readVersioned(api.GET('/v1/plans/{plan}/audit-templates/{template}', { params: { path: { plan, template } } })),
  });
}

export function resultsQuery(plan: string, template: string, by: Span) {
  return queryOptions({
    queryKey: ['plans', plan, 'audit-templates', 'results', template, by],
    queryFn: () =>
      read(
        api.GET('/v1/plans/{plan}/audit-templates/{template}/results', {
          params: { path: { plan, template }, query: { by, by_team: true } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function auditsPage(plan: string, chosen: Chosen, sort: string, cursor?: string) {
  const { moderated, withdrawn, ...lists } = chosen;
  const query = {
    ...lists,
    ...(moderated && { moderated: moderated[0] === 'true' }),
    ...(withdrawn && { withdrawn: withdrawn[0] === 'true' }),
    ...(sort && { sort }),
    total: true,
    limit: 50,
    cursor,
  } as ListQuery;
  return read(api.GET('/v1/plans/{plan}/audits', { params: { path: { plan }, query } }));
}

export function auditQuery(plan: string, audit: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'audits', 'one', audit],
    queryFn: () => readVersioned(api.GET('/v1/plans/{plan}/audits/{audit}', { params: { path: { plan, audit } } })),
  });
}

export function positionsPage(plan: string, cursor?: string) {
  return read(
    api.GET('/v1/plans/{plan}/windscreen-positions', { params: { path: { plan }, query: { limit: 50, total: true, cursor } } }),
  );
}

/** The parties whose work is audited. */
export function teamOptions(parties: readonly Party[] = []): Option[] {
  return parties.filter(({ kind }) => kind === 'team').map(({ ref, name }) => ({ value: ref, label: name }));
}

/** Those whose judgement something can be. */
export function judgeOptions(parties: readonly Party[] = []): Option[] {
  return parties.filter(({ kind }) => kind === 'person' || kind === 'role').map(({ ref, name }) => ({ value: ref, label: name }));
}
