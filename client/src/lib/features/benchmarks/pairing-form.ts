/** What a KPI is set beside, as its form holds it. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, readVersioned } from '$lib/api';
import type { components } from '$lib/api/schema';
import { sentence } from '$lib/words';
import type { FormError } from '../editing/errors';
import { orNull, type Fields } from '../editing/fields';
import type { Dataset } from './benchmarks';

type Schemas = components['schemas'];
export type Pairing = Schemas['PairingRead'];
export type PairingUpdate = Schemas['PairingUpdate'];

/** One indicator under one value of each filter: what figures are chosen by. */
export interface SeriesKey {
  indicator: string;
  filters: Record<string, string>;
}

type Answer = '' | 'yes' | 'no';

export interface PairingForm {
  dataset: string;
  series: SeriesKey | null;
  /** Whether the periods are alike, and whether the definitions are. */
  period: Answer;
  definition: Answer;
  reason: string;
}

export const NEW_PAIRING: PairingForm = { dataset: '', series: null, period: '', definition: '', reason: '' };

const answer = (alike: boolean): Answer => (alike ? 'yes' : 'no');

export function pairingForm(pairing: Pairing): PairingForm {
  return {
    dataset: pairing.dataset,
    series: { indicator: pairing.indicator.name, filters: pairing.filters },
    period: answer(pairing.period_alike),
    definition: answer(pairing.definition_alike),
    reason: pairing.reason ?? '',
  };
}

/** Unlike in period or definition: the figures are context, and need a reason. */
export function isContext({ period, definition }: PairingForm): boolean {
  return period === 'no' || definition === 'no';
}

/** What the form says. The figures are one choice here: an indicator under another's filters is no series. */
export function pairingFields(form: PairingForm): Fields {
  return {
    series: form.series,
    period_alike: form.period === 'yes',
    definition_alike: form.definition === 'yes',
    reason: orNull(form.reason),
  };
}

/** What `pairingFields` says, as the service takes it. */
export function toSend({ series, ...rest }: Fields): PairingUpdate {
  return { ...rest, ...(series as SeriesKey | undefined) };
}

/** One side of a conflict, from the service's shape or from what was sent, as `pairingFields` says it. */
export function sideToForm({ indicator, filters, ...rest }: Fields): Fields {
  if (indicator === undefined) return rest;
  const name = typeof indicator === 'object' ? (indicator as { name: string }).name : indicator;
  return { ...rest, series: { indicator: name, filters } };
}

export function missingIn(form: PairingForm): FormError[] {
  const found: FormError[] = [];
  const need = (id: keyof PairingForm, isThere: unknown, message: string): void => {
    if (!isThere) found.push({ id, message });
  };
  need('dataset', form.dataset, 'Choose where the figures are published');
  if (form.dataset) need('series', form.series, 'Choose the figures');
  need('period', form.period, 'Say whether the periods are alike');
  need('definition', form.definition, 'Say whether the definitions are alike');
  if (isContext(form)) need('reason', form.reason.trim(), 'Enter how they differ');
  return found;
}

/** Boxes by field of the payload: indicator and filters are one. */
export const PAIRING_FIELDS = { dataset: 'the dataset', indicator: 'the figures', filters: 'the figures', reason: 'how they differ' };

export const PAIRING_LABELS = {
  series: 'Figures', period_alike: 'Periods are alike', definition_alike: 'Definitions are alike', reason: 'How they differ',
}; // prettier-ignore

/** An indicator's title, and the value of each filter under its name: "Referrals", "Sex: girls". */
export function titleOf({ indicator }: Pick<SeriesKey, 'indicator'>, dataset?: Dataset): string {
  return dataset?.indicators.find(({ name }) => name === indicator)?.title ?? sentence(indicator);
}

export function breakdownOf({ filters }: Pick<SeriesKey, 'filters'>): string {
  return Object.entries(filters)
    .filter(([, value]) => value)
    .map(([name, value]) => `${sentence(name)}: ${value}`)
    .join('; ');
}

/** A field's value in words, for choosing between two edits. */
export function showField(field: string, value: unknown, dataset?: Dataset): string {
  if (value === null || value === undefined || value === '') return 'Nothing';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (field !== 'series') return String(value);
  const key = value as SeriesKey;
  return [titleOf(key, dataset), breakdownOf(key)].filter(Boolean).join('\n');
}

export function pairingQuery(plan: string, kpi: string, pairing: number) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', kpi, 'pairings', pairing],
    queryFn: () =>
      readVersioned(
        api.GET('/v1/plans/{plan}/kpis/{kpi}/benchmark-pairings/{pairing}', { params: { path: { plan, kpi, pairing } } }),
      ),
  });
}

/** Errors led to the boxes of one form among several: indicator and filters share that of the figures. */
export function atBoxes(errors: readonly FormError[], id: string): FormError[] {
  return errors.map(({ id: name, message }) => {
    const box = name === 'indicator' || name === 'filters' ? 'series' : name;
    return box ? { id: `${id}-${box}`, message } : { message };
  });
}
