/** The filters of the scorecard: it comes whole, in one answer, and is narrowed here. */
import { TERMS } from '$lib/words';
import type { Chosen, Filter } from '../lists/filters';
import type { Option } from '../plan/setup';
import { CATEGORIES, CATEGORY_OPTIONS } from './labels';
import type { ScorecardLine } from './queries';

export const POINTS = [12, 24, 36] as const;

export function scorecardFilters(kpis: readonly ScorecardLine[], themes: readonly Option[]): Filter[] {
  const used = new Set(kpis.flatMap((kpi) => kpi.themes));
  const leads = new Map(kpis.flatMap((kpi) => kpi.leads.map(({ party, name }) => [party, name])));
  const verdicts = new Set(kpis.map(saidOf));
  const states = new Set(kpis.map(({ target_state }) => target_state));
  return [
    { name: 'category', label: 'Question', kind: 'choices', choices: CATEGORY_OPTIONS },
    {
      name: 'target_state',
      label: 'Target',
      kind: 'choices',
      choices: Object.entries(TERMS.target)
        .filter(([value]) => states.has(value as ScorecardLine['target_state']))
        .map(([value, { word }]) => ({ value, label: word })),
    },
    {
      name: 'verdict',
      label: 'Verdict',
      kind: 'choices',
      choices: [...Object.entries(TERMS.variation).map(([value, { word }]) => ({ value, label: word })), BEING_JUDGED].filter(
        ({ value }) => verdicts.has(value),
      ),
    },
    { name: 'theme', label: 'Theme', kind: 'one', choices: themes.filter(({ value }) => used.has(value)) },
    {
      name: 'lead',
      label: 'Lead',
      kind: 'one',
      choices: [
        ...[...leads].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label)),
        { value: 'none', label: 'Nobody' },
      ],
    },
    {
      name: 'moved',
      label: 'Moved',
      kind: 'one',
      choices: [
        { value: 'better', label: 'Better' },
        { value: 'worse', label: 'Worse' },
        { value: 'same', label: 'No change' },
      ],
    },
    { name: 'late', label: 'Next value is late', kind: 'flag' },
    { name: 'query', label: 'Latest value is under query', kind: 'flag' },
    { name: 'superseded', label: 'Superseded KPIs too', kind: 'flag' },
  ];
}

const BEING_JUDGED: Option = { value: 'being_judged', label: 'Being judged' };

/** What its verdict says; while that is being made anew, nothing it said before counts. */
export function saidOf({ verdict, verdict_is_pending }: ScorecardLine): string {
  return verdict_is_pending ? BEING_JUDGED.value : (verdict?.variation ?? '');
}

export const isLate = (kpi: ScorecardLine): boolean => kpi.freshness?.state === 'late';
export const isQueried = (kpi: ScorecardLine): boolean => kpi.latest?.workflow === 'under_query';

function matches(kpi: ScorecardLine, chosen: Chosen): boolean {
  const among = (name: string, held: readonly string[]): boolean => {
    const wanted = chosen[name]?.map((value) => value.toLowerCase());
    return !wanted || held.some((value) => wanted.includes(value.toLowerCase()));
  };
  const words = (chosen.q?.[0] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${kpi.ref} ${kpi.title}`.toLowerCase();
  return (
    among('category', [kpi.category]) &&
    among('target_state', [kpi.target_state]) &&
    among('verdict', [saidOf(kpi)]) &&
    among('theme', kpi.themes) &&
    among('lead', kpi.leads.length ? kpi.leads.map(({ party }) => party) : ['none']) &&
    among('moved', kpi.direction ? [kpi.direction] : []) &&
    (!chosen.late || isLate(kpi)) &&
    (!chosen.query || isQueried(kpi)) &&
    words.every((word) => text.includes(word))
  );
}

export interface Group {
  category: (typeof CATEGORIES)[number];
  kpis: ScorecardLine[];
}

/** The KPIs asked for, under their questions; those that gave way to another only when asked for. */
export function groupsOf(kpis: readonly ScorecardLine[], chosen: Chosen): Group[] {
  const shown = kpis.filter((kpi) => (chosen.superseded || !kpi.is_superseded) && matches(kpi, chosen));
  return CATEGORIES.map((category) => ({ category, kpis: shown.filter((kpi) => kpi.category === category) })).filter(
    (group) => group.kpis.length,
  );
}
