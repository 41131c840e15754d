/** What the dashboard asks for, how it is ordered for each role, and where each figure leads. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { planPath } from '$lib/navigation';
import { RATINGS, type Rating } from '$lib/words';

type Schemas = components['schemas'];
export type Dashboard = Schemas['DashboardRead'];
export type RecommendationLine = Schemas['RecommendationLine'];
export type DueLine = Schemas['DueLine'];
export type AreaTally = Schemas['AreaTally'];
export type LeadTally = Schemas['LeadTally'];
export type ScorecardLine = Schemas['ScorecardLine'];
export type ScorecardGroup = Schemas['ScorecardGroup'];
export type EscalationLine = Schemas['EscalationLine'];
export type DoubtLine = Schemas['DoubtLine'];

export function dashboardQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'dashboard'],
    queryFn: () => read(api.GET('/v1/plans/{plan}/dashboard', { params: { path: { plan } } })),
  });
}

type Values = string | readonly string[];

/** A list of the plan with some of its filters set; their names are the service's own. */
export function listPath(plan: string, section: string, filters: Record<string, Values> = {}): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(filters)) {
    for (const value of typeof values === 'string' ? [values] : values) query.append(name, value);
  }
  const text = query.toString();
  return planPath(plan, section) + (text ? `?${text}` : '');
}

export type Section = 'late' | 'soon' | 'escalations' | 'doubts' | 'scorecard' | 'recommendations' | 'areas' | 'leads' | 'changes';

/** A row of the page: one column of sections, or two side by side. */
export type Row = readonly (readonly Section[])[];

/** What is owed and what is doubtful comes first for whoever runs the plan, and for everybody not named below. */
const RUNNING: readonly Row[] = [
  [['late'], ['escalations', 'doubts']],
  [['scorecard']],
  [['recommendations'], ['soon']],
  [['areas'], ['leads']],
  [['changes']],
];

const ORDERS: Record<string, readonly Row[]> = {
  // The worst five, and what needs a decision.
  board_member: [
    [['recommendations'], ['escalations', 'late']],
    [['scorecard']],
    [['soon'], ['areas']],
    [['leads'], ['doubts']],
    [['changes']],
  ],
  senior_leader: [
    [['escalations', 'soon'], ['late']],
    [['scorecard']],
    [['recommendations'], ['areas', 'doubts']],
    [['leads']],
    [['changes']],
  ],
  performance_officer: [
    [['scorecard']],
    [['doubts', 'escalations'], ['late']],
    [['recommendations'], ['soon']],
    [['areas'], ['leads']],
    [['changes']],
  ],
  internal_auditor: [
    [['changes']],
    [['late'], ['escalations', 'doubts']],
    [['recommendations'], ['soon']],
    [['scorecard']],
    [['areas'], ['leads']],
  ],
};

/** The sections in the order of a role, without those that this plan has nothing for. */
export function rowsFor(role: string | null, { recommendations, actions }: Dashboard): Row[] {
  const isThere = (section: Section): boolean => {
    if (section === 'recommendations') return recommendations.total > 0;
    if (section === 'areas') return actions.by_area.length > 0;
    return section !== 'leads' || actions.by_lead.length > 0;
  };
  const order = ORDERS[role ?? ''] ?? RUNNING;
  return order
    .map((row) => row.map((column) => column.filter(isThere)).filter((column) => column.length))
    .filter((row) => row.length);
}

export interface TargetCounts {
  met: number;
  missed: number;
  /** Those whose target can be held against a value today. */
  judged: number;
}

export function targetCounts(counts: Dashboard['scorecard']['by_target_state']): TargetCounts {
  const sum = (...states: string[]): number => states.reduce((all, state) => all + (counts[state] ?? 0), 0);
  const met = sum('met', 'within_tolerance', 'on_pace');
  const missed = sum('missed', 'behind_pace');
  return { met, missed, judged: met + missed };
}

export const OFF_TARGET = ['missed', 'behind_pace'] as const;
export const ON_TARGET = ['met', 'within_tolerance', 'on_pace'] as const;

export function ratingCounts(counts: Dashboard['recommendations']['by_rating']): Partial<Record<Rating, number>> {
  return Object.fromEntries(RATINGS.flatMap((rating) => (counts[rating] ? [[rating, counts[rating]]] : [])));
}

/** A share as a whole percentage; never all while one is missing, and never nothing while one is there. */
export function share(part: number, whole: number): number {
  if (!whole) return 0;
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 1) return 1;
  return part < whole ? Math.min(99, Math.round(percent)) : 100;
}
