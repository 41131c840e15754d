/** A KPI made of a template's audits: what can be measured, how a form holds it, and what it says of itself. */
import { queryOptions } from '@tanstack/svelte-query';
import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import { termFor } from '$lib/words';
import type { FormError } from '../editing/errors';
import { everyPage, type Option } from '../plan/setup';
import type { Domain, Grade, Template } from './audits';
import { GRADES } from './says';

type Schemas = components['schemas'];
export type Measure = Schemas['AuditMeasureRead'];
export type MeasureCreate = Schemas['AuditMeasureCreate'];
export type KpiCreate = Schemas['KpiCreate'];
export type Statistic = Schemas['AuditStatistic'];
export type Stage = Schemas['AuditStage'];
type KpiSummary = Schemas['KpiSummary'];

export const STAGES: Record<Stage, string> = {
  final: 'After moderation where there was some, else as audited',
  before: 'Before moderation, every audit',
  after: 'After moderation, moderated audits alone',
};

const STATISTICS: Record<Statistic, Option & { hint: string }> = {
  share: { value: 'share', label: 'Share of grades', hint: 'For example, the share marked good or better. It is a percentage' },
  average: { value: 'average', label: 'Average score', hint: 'Of what is scored: grades have an order, and no distance between them' },
  count: { value: 'count', label: 'Number of audits', hint: 'How many were done' },
};

/** The unit that a KPI needs to hold each. */
export const UNIT_OF: Record<Statistic, Schemas['Unit']> = { share: 'percent', average: 'score', count: 'count' };

export interface MeasureForm {
  statistic: Statistic;
  /** The ref of a domain; empty for all scored domains together, or whole audits. */
  domain: string;
  grades: string[];
  stage: Stage;
  basis: Schemas['Basis'];
  /** Whether a KPI is made for it, or one that is there takes its values. */
  of: 'new' | 'held';
  held: string;
  ref: string;
  /** Null until somebody writes another than the one suggested. */
  title: string | null;
  category: string;
  polarity: string;
  period_type: string;
}

function isShareable({ scale }: Domain, template: Template): boolean {
  return scale === 'grade' || Boolean(template.scale?.bands.every(({ grade }) => grade !== null));
}

/** What can be measured of a template: a share needs marks that amount to grades, an average needs scores. */
export function statisticsOf(template: Template): Option[] {
  return Object.values(STATISTICS).filter(({ value }) => value === 'count' || domainsFor(template, value as Statistic).length > 0);
}

/** The domains that a statistic can be of; an empty value is all of them together. */
export function domainsFor(template: Template, statistic: Statistic): Option[] {
  const { domains } = template;
  const option = ({ ref, title }: Domain): Option => ({ value: ref, label: title });
  if (statistic === 'share') return domains.filter((domain) => isShareable(domain, template)).map(option);
  if (statistic === 'count') return [{ value: '', label: 'Whole audits' }, ...domains.map(option)];
  const scored = domains.filter(({ scale }) => scale === 'score');
  return scored.length ? [{ value: '', label: 'All scored domains together' }, ...scored.map(option)] : [];
}

/** The domain that a form begins with: of a share, what stands for the audit as a whole, which templates end with. */
export function firstDomain(template: Template, statistic: Statistic): string {
  const domains = domainsFor(template, statistic);
  return (statistic === 'share' ? domains.at(-1) : domains[0])?.value ?? '';
}

export function measureForm(template: Template): MeasureForm {
  const statistic = (statisticsOf(template)[0]?.value ?? 'count') as Statistic;
  return {
    statistic, domain: firstDomain(template, statistic), grades: ['outstanding', 'good'], stage: 'final', basis: 'operational_provisional',
    of: 'new', held: '', ref: '', title: null, category: 'how_well', polarity: 'higher', period_type: 'month',
  }; // prettier-ignore
}

interface Measured {
  statistic: Statistic;
  grades: readonly string[];
  stage: Stage;
  /** The domain's title; null for all of them together. */
  domain: string | null;
}

const lowered = (words: string): string => words.charAt(0).toLowerCase() + words.slice(1);

/** "good or better", or each grade by name. */
function saysGrades(grades: readonly string[]): string {
  const best = GRADES.filter((grade) => grades.includes(grade));
  if (best.join() === 'outstanding,good') return 'good or better';
  return best.map((grade) => lowered(termFor('grade', grade).word)).join(' or ');
}

/** What is measured, without how moderation counts: "Share marked good or better in Overall". */
export function saysMeasured({ statistic, grades, domain }: Omit<Measured, 'stage'>): string {
  if (statistic === 'share') return `Share marked ${saysGrades(grades)} in ${domain}`;
  if (statistic === 'average') return domain === null ? 'Average of all scores' : `Average score in ${domain}`;
  return domain === null ? 'Number of audits' : `Number of audits marked in ${domain}`;
}

const STAGE_SAYS: Record<Stage, string> = {
  final: 'after moderation where there was some',
  before: 'before moderation',
  after: 'moderated audits alone',
};

export function saysMeasure(measured: Measured): string {
  return `${saysMeasured(measured)}, ${STAGE_SAYS[measured.stage]}`;
}

function measuredBy(form: MeasureForm, template: Template): Measured {
  const title = template.domains.find(({ ref }) => ref === form.domain)?.title ?? null;
  return { statistic: form.statistic, grades: form.grades, stage: form.stage, domain: title };
}

export function suggestedTitle(form: MeasureForm, template: Template): string {
  return saysMeasured(measuredBy(form, template));
}

/** What the definition of a KPI made here says: that it is derived, and from what. */
export function definitionOf(form: MeasureForm, template: Template): NonNullable<KpiCreate['definition']> {
  const measured = measuredBy(form, template);
  const isShare = form.statistic === 'share';
  return {
    descriptor: `Derived from case-file audits on the template ${template.title}. ${saysMeasure(measured)}.`,
    numerator: isShare ? `Audits marked ${saysGrades(form.grades)} in ${measured.domain}` : null,
    denominator: isShare ? `Audits marked in ${measured.domain}` : null,
    source: `Case-file audits: ${template.title}`,
    caveats: [],
    decimals: form.statistic === 'count' ? 0 : 1,
    scale_min: form.statistic === 'average' ? (template.scale?.lowest ?? null) : null,
    scale_max: form.statistic === 'average' ? (template.scale?.highest ?? null) : null,
  };
}

export function kpiToSend(form: MeasureForm, template: Template): KpiCreate {
  return {
    ref: form.ref.trim(),
    title: (form.title ?? suggestedTitle(form, template)).trim(),
    category: form.category,
    polarity: form.polarity,
    period_type: form.period_type,
    unit: UNIT_OF[form.statistic],
    kind: 'quantitative',
    nature: 'in_period',
    definition: definitionOf(form, template),
  } as KpiCreate;
}

export function measureToSend(form: MeasureForm, template: Template): MeasureCreate {
  return {
    kpi: form.of === 'held' ? form.held : form.ref.trim(),
    template: template.ref,
    domain: form.domain || null,
    stage: form.stage,
    statistic: form.statistic,
    grades: form.statistic === 'share' ? (form.grades as Grade[]) : null,
    basis: form.basis,
  };
}

/** KPIs that could take the values: of the unit it needs, in months or longer. */
export function fittingKpis(kpis: readonly KpiSummary[], statistic: Statistic): Option[] {
  return kpis
    .filter(({ kind, unit, period_type: every, is_superseded }) => {
      return kind === 'quantitative' && unit === UNIT_OF[statistic] && every !== 'day' && every !== 'week' && !is_superseded;
    })
    .map(({ ref, title }) => ({ value: ref, label: `${ref}: ${title}` }));
}

export function missingIn(form: MeasureForm, template: Template): FormError[] {
  const found: FormError[] = [];
  const need = (id: string, isThere: unknown, message: string): void => {
    if (!isThere) found.push({ id, message });
  };
  if (form.statistic === 'share') {
    need('domain', form.domain, 'Choose the domain');
    need('grades', form.grades.length, 'Choose at least one grade');
  }
  if (form.of === 'held') need('kpi', form.held, 'Choose the KPI that takes the values');
  else {
    need('title', (form.title ?? suggestedTitle(form, template)).trim(), 'Enter a title');
    need('ref', form.ref.trim(), 'Enter a reference');
  }
  return found;
}

/** The KPIs derived from a template, with what each is. */
export function measuresQuery(plan: string, template: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'audit-measures', template],
    queryFn: () =>
      everyPage<Measure>((cursor) =>
        read(api.GET('/v1/plans/{plan}/audit-measures', { params: { path: { plan }, query: { template: [template], limit: 200, cursor } } })),
      ),
  });
}

export function kpisQuery(plan: string) {
  return queryOptions({
    queryKey: ['plans', plan, 'kpis', 'all'],
    queryFn: () =>
      everyPage<KpiSummary>((cursor) => read(api.GET('/v1/plans/{plan}/kpis', { params: { path: { plan }, query: { limit: 200, cursor } } }))),
  });
}
