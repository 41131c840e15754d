/** A KPI as its form holds it: boxes hold text, and an empty box is nothing. */
import type { components } from '$lib/api/schema';
import { formatFuzzy } from '$lib/format';
import type { FuzzyDate } from '$lib/fuzzy-date';
import { fuzzyToSend, leadsChosen, leadsToSend, linesOf, orNull, type Fields } from '../editing/fields';
import { kpiLabel } from './labels';
import { saysTarget, type Kpi, type Target } from './says';

type Schemas = components['schemas'];
export type KpiCreate = Schemas['KpiCreate'];
export type KpiUpdate = Schemas['KpiUpdate'];
type DefinitionRead = NonNullable<Kpi['definition']>;

export interface TargetForm {
  kind: string;
  stage: string;
  /** Which of the four the target is: its boxes are shown, the others are not sent. */
  shape: 'value' | 'range' | 'grade' | 'words';
  value: string;
  lower: string;
  upper: string;
  grade: string;
  due: FuzzyDate | null;
  baseline: string;
  to_be_confirmed: boolean;
  text: string;
}

export interface KpiForm {
  ref: string;
  title: string;
  category: string;
  kind: string;
  unit: string;
  polarity: string;
  nature: string;
  period_type: string;
  frequency: string;
  counts_children: boolean;
  leads: string[];
  themes: string[];
  recommendations: string[];
  descriptor: string;
  numerator: string;
  denominator: string;
  good: string;
  good_text: string;
  good_rationale: string;
  source: string;
  caveats: string;
  decimals: string;
  scale_min: string;
  scale_max: string;
  good_is_target: boolean;
  tolerance: string;
  no_target_text: string;
  targets: TargetForm[];
  due_after_days: string;
}

const text = (figure: number | string | null | undefined): string => (figure === null || figure === undefined ? '' : String(figure));

export const NEW_TARGET: TargetForm = {
  kind: 'standing', stage: '', shape: 'value', value: '', lower: '', upper: '', grade: '', due: null, baseline: '',
  to_be_confirmed: false, text: '',
}; // prettier-ignore

export function targetForm(target: Target): TargetForm {
  const isRange = target.lower !== null || target.upper !== null;
  return {
    kind: target.kind,
    stage: target.stage ?? '',
    shape: target.grade ? 'grade' : isRange ? 'range' : target.value === null && target.text ? 'words' : 'value',
    value: text(target.value),
    lower: text(target.lower),
    upper: text(target.upper),
    grade: target.grade ?? '',
    due: fuzzyToSend(target.due),
    baseline: text(target.baseline),
    to_be_confirmed: target.to_be_confirmed,
    text: target.text ?? '',
  };
}

export function kpiForm(kpi: Kpi | null): KpiForm {
  const definition = kpi?.definition;
  return {
    ref: kpi?.ref ?? '',
    title: kpi?.title ?? '',
    category: kpi?.category ?? '',
    kind: kpi?.kind ?? 'quantitative',
    unit: kpi?.unit ?? '',
    polarity: kpi?.polarity ?? '',
    nature: kpi?.nature ?? 'snapshot',
    period_type: kpi?.period_type ?? '',
    frequency: kpi?.frequency ?? '',
    counts_children: kpi?.counts_children ?? false,
    leads: kpi?.leads.map(({ party }) => party) ?? [],
    themes: [...(kpi?.themes ?? [])],
    recommendations: kpi?.recommendation_links.map(({ recommendation }) => recommendation) ?? [],
    descriptor: definition?.descriptor ?? '',
    numerator: definition?.numerator ?? '',
    denominator: definition?.denominator ?? '',
    good: definition?.good_grade ?? text(definition?.good_value),
    good_text: definition?.good_text ?? '',
    good_rationale: definition?.good_rationale ?? '',
    source: definition?.source ?? '',
    caveats: definition?.caveats.join('\n') ?? '',
    decimals: text(definition?.decimals ?? 1),
    scale_min: text(definition?.scale_min),
    scale_max: text(definition?.scale_max),
    good_is_target: kpi?.good_is_target ?? false,
    tolerance: text(kpi?.tolerance),
    no_target_text: kpi?.no_target_text ?? '',
    targets: kpi?.targets.map(targetForm) ?? [],
    due_after_days: text(kpi?.own_due_after_days),
  };
}

function figure(typed: string): string | null {
  return orNull(typed)?.replace(/,|%$|^£/g, '') ?? null;
}

function targetToSend(target: TargetForm): Fields {
  const { kind, shape, to_be_confirmed } = target;
  return {
    kind,
    stage: orNull(target.stage),
    value: shape === 'value' ? figure(target.value) : null,
    lower: shape === 'range' ? figure(target.lower) : null,
    upper: shape === 'range' ? figure(target.upper) : null,
    grade: shape === 'grade' ? orNull(target.grade) : null,
    due: kind === 'standing' ? null : fuzzyToSend(target.due),
    baseline: shape === 'grade' ? null : figure(target.baseline),
    to_be_confirmed,
    text: orNull(target.text),
  };
}

/** What the form says, as a change sends it. Recommendations are refs here: `withLinks` completes them. */
export function kpiFields(form: KpiForm, before: Kpi | null): Fields {
  const isGrade = form.unit === 'grade';
  return {
    ref: form.ref.trim(),
    title: form.title.trim(),
    category: form.category,
    kind: form.kind,
    unit: form.unit,
    polarity: form.polarity,
    nature: form.nature,
    period_type: form.period_type,
    frequency: orNull(form.frequency),
    counts_children: form.counts_children,
    leads: leadsChosen(form.leads, before?.leads ?? []),
    themes: form.themes,
    recommendations: form.recommendations,
    definition: {
      descriptor: orNull(form.descriptor),
      numerator: orNull(form.numerator),
      denominator: orNull(form.denominator),
      good_value: isGrade ? null : figure(form.good),
      good_grade: isGrade ? orNull(form.good) : null,
      good_text: orNull(form.good_text),
      good_rationale: orNull(form.good_rationale),
      source: orNull(form.source),
      caveats: linesOf(form.caveats),
      decimals: Number(form.decimals),
      scale_min: figure(form.scale_min),
      scale_max: figure(form.scale_max),
    },
    good_is_target: form.good_is_target,
    tolerance: figure(form.tolerance),
    no_target_text: orNull(form.no_target_text),
    targets: form.targets.map(targetToSend),
    due_after_days: orNull(form.due_after_days) === null ? null : Number(form.due_after_days),
  };
}

const DEFINED = [
  'descriptor', 'numerator', 'denominator', 'good_value', 'good_grade', 'good_text', 'good_rationale', 'source', 'caveats',
  'decimals', 'scale_min', 'scale_max',
] as const; // prettier-ignore

/** One side of a conflict, from the service's shape or from what was sent, in the form that is sent. */
export function sideToSend(read: Fields): Fields {
  const side: Fields = { ...read };
  if (Array.isArray(read.leads)) side.leads = leadsToSend(read.leads);
  if (Array.isArray(read.recommendations)) {
    side.recommendations = read.recommendations.map((link) => (typeof link === 'string' ? link : (link as { recommendation: string }).recommendation));
  }
  if (Array.isArray(read.targets)) side.targets = read.targets.map((target) => targetToSend(targetForm({ ...NO_TARGET, ...target })));
  if (read.definition) {
    const definition = read.definition as Partial<DefinitionRead>;
    side.definition = Object.fromEntries(
      DEFINED.map((name) => [name, typeof definition[name] === 'number' && name !== 'decimals' ? String(definition[name]) : (definition[name] ?? null)]),
    );
  }
  if (typeof read.tolerance === 'number') side.tolerance = String(read.tolerance);
  return side;
}

const NO_TARGET = { stage: null, value: null, lower: null, upper: null, grade: null, due: null, baseline: null, to_be_confirmed: false, text: null };

/** Recommendations as they are sent: those that were there keep the wording and leads they have there. */
export function withLinks(patch: Fields, before: Kpi | null): Fields {
  if (!Array.isArray(patch.recommendations)) return patch;
  const links = (patch.recommendations as string[]).map((ref) => {
    const held = before?.recommendation_links.find(({ recommendation }) => recommendation === ref);
    return { recommendation: ref, wording: held?.wording ?? null, leads: leadsToSend(held?.leads ?? []) };
  });
  return { ...patch, recommendations: links };
}

const WORDS: Record<string, string> = {
  descriptor: 'What it counts', numerator: 'Numerator', denominator: 'Denominator', good_value: 'Good is', good_grade: 'Good is',
  good_text: 'Good in words', good_rationale: 'Why', source: 'Source', caveats: 'Caveats', decimals: 'Decimal places',
  scale_min: 'Lowest', scale_max: 'Highest',
}; // prettier-ignore

/** A field's value in words, for choosing between two edits. */
export function showField(measure: Pick<Kpi, 'unit' | 'decimals' | 'polarity'>, field: string, value: unknown): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return 'Nothing';
  if (field === 'targets') return (value as Fields[]).map((target) => `• ${showTarget(measure, target)}`).join('\n');
  if (field === 'leads') return (value as { party: string }[]).map(({ party }) => party).join(', ');
  if (Array.isArray(value)) return value.join(', ');
  if (field === 'definition') {
    return Object.entries(value as Fields)
      .filter(([, held]) => held !== null && !(Array.isArray(held) && !held.length))
      .map(([name, held]) => `${WORDS[name] ?? name}: ${Array.isArray(held) ? held.join('; ') : String(held)}`)
      .join('\n');
  }
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  const sets = { kind: 'kpi_kind', unit: 'unit', polarity: 'polarity', nature: 'nature', period_type: 'period_type' } as const;
  return field in sets ? kpiLabel(sets[field as keyof typeof sets], String(value)) : String(value);
}

function showTarget(measure: Pick<Kpi, 'unit' | 'decimals' | 'polarity'>, target: Fields): string {
  const number = (name: string) => (target[name] === null ? null : Number(target[name]));
  const due = target.due as FuzzyDate | null;
  const words = saysTarget(
    { ...target, value: number('value'), lower: number('lower'), upper: number('upper'), due: null } as unknown as Target,
    measure,
  );
  return due ? `${words}, ${formatFuzzy(due)}` : words;
}
