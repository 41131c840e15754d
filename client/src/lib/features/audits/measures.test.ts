import { describe, expect, it } from 'vitest';
import type { Template } from './audits';
import { definitionOf, domainsFor, fittingKpis, kpiToSend, measureForm, measureToSend, missingIn, saysMeasure, statisticsOf, suggestedTitle } from './measures';

const DOMAINS = [
  { ref: 'voice', title: 'Voice', scale: 'score' },
  { ref: 'overall', title: 'Overall', scale: 'grade' },
];
const scored = { ref: 'dip', title: 'Dip sample', domains: DOMAINS, scale: { lowest: 1, highest: 10, bands: [{ title: 'Weak', lowest: 1, grade: null }] } } as unknown as Template;
const graded = { ...scored, domains: [DOMAINS[1]], scale: null } as unknown as Template;

describe('what can be measured of a template', () => {
  it('has no average of grades, and no share of bands that are no grades', () => {
    expect(statisticsOf(graded).map(({ value }) => value)).toEqual(['share', 'count']);
    expect(statisticsOf(scored).map(({ value }) => value)).toEqual(['share', 'average', 'count']);
    expect(domainsFor(scored, 'share').map(({ value }) => value)).toEqual(['overall']);
    expect(domainsFor(scored, 'average').map(({ value }) => value)).toEqual(['', 'voice']);
    expect(domainsFor(graded, 'count').map(({ value }) => value)).toEqual(['', 'overall']);
  });

  it('is told in words', () => {
    const of = { grades: ['good', 'outstanding'], stage: 'final' as const };
    expect(saysMeasure({ ...of, statistic: 'share', domain: 'Overall' })).toBe('Share marked good or better in Overall, after moderation where there was some');
    expect(saysMeasure({ ...of, statistic: 'share', domain: 'Overall', grades: ['inadequate', 'requires_improvement'], stage: 'before' })).toBe(
      'Share marked requires improvement or inadequate in Overall, before moderation',
    );
    expect(saysMeasure({ ...of, statistic: 'average', domain: null, stage: 'after' })).toBe('Average of all scores, moderated audits alone');
    expect(saysMeasure({ ...of, statistic: 'count', domain: null })).toBe('Number of audits, after moderation where there was some');
  });
});

describe('a KPI made of audits', () => {
  it('says in its definition that it is derived, and from what', () => {
    const form = { ...measureForm(scored), ref: 'Q1' };
    expect(suggestedTitle(form, scored)).toBe('Share marked good or better in Overall');
    expect(kpiToSend(form, scored)).toMatchObject({ ref: 'Q1', unit: 'percent', nature: 'in_period', kind: 'quantitative' });
    expect(definitionOf(form, scored)).toMatchObject({
      descriptor: 'Derived from case-file audits on the template Dip sample. Share marked good or better in Overall, after moderation where there was some.',
      numerator: 'Audits marked good or better in Overall', denominator: 'Audits marked in Overall', scale_min: null,
    }); // prettier-ignore
    expect(definitionOf({ ...form, statistic: 'average', domain: '' }, scored)).toMatchObject({ numerator: null, scale_min: 1, scale_max: 10 });
  });

  it('is tied to the template by what was chosen', () => {
    const form = { ...measureForm(scored), ref: ' Q1 ' };
    expect(measureToSend(form, scored)).toMatchObject({ kpi: 'Q1', template: 'dip', domain: 'overall', statistic: 'share', grades: ['outstanding', 'good'] });
    expect(measureToSend({ ...form, of: 'held', held: 'K1', statistic: 'count', domain: '' }, scored)).toMatchObject({ kpi: 'K1', domain: null, grades: null });
    expect(missingIn({ ...form, ref: '', title: '', grades: [] }, scored).map(({ id }) => id)).toEqual(['grades', 'title', 'ref']);
  });

  it('is one of its unit, in months or longer', () => {
    const kpi = { kind: 'quantitative', unit: 'score', period_type: 'month', is_superseded: false, title: 't' };
    const kpis = [{ ...kpi, ref: 'A' }, { ...kpi, ref: 'B', unit: 'percent' }, { ...kpi, ref: 'C', period_type: 'week' }, { ...kpi, ref: 'D', is_superseded: true }];
    expect(fittingKpis(kpis as unknown as Parameters<typeof fittingKpis>[0], 'average').map(({ value }) => value)).toEqual(['A']);
  });
});
