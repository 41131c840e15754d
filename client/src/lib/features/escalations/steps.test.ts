import { expect, it } from 'vitest';
import { ladderFor, type Escalation, type Ladder } from './escalations';
import { emptyStep, missingFromStep, stagesAbove } from './steps';

const id = (name: string) => `x-${name}`;

it('asks for the words of a step, and of a referral to whom', () => {
  expect(missingFromStep('answer', emptyStep(), id)).toEqual([{ id: 'x-text', message: 'Enter your answer' }]);
  expect(missingFromStep('refer', { ...emptyStep(), text: ' ' }, id).map((error) => error.id)).toEqual(['x-to', 'x-text']);
  expect(missingFromStep('resolve', { ...emptyStep(), text: 'Agreed.' }, id)).toEqual([]);
});

it('offers the stages above, the next one first', () => {
  const stage = (position: number) => ({ position, title: `Stage ${position}`, role: null, working_days: 5, response_required: true });
  const escalation = { stage: stage(2), ladder: { stages: [4, 3, 2, 1].map(stage) } } as unknown as Escalation;
  expect(stagesAbove(escalation).map(({ position }) => position)).toEqual([3, 4]);
});

it('offers the ladder that ships for the cause, where the plan has it', () => {
  const ladders = ['inter-agency', 'overdue-action'].map((ref) => ({ ref }) as Ladder);
  expect(ladderFor('partner_dispute', ladders)).toBe('inter-agency');
  expect(ladderFor('lead_stuck', ladders)).toBe('overdue-action');
  expect(ladderFor('kpi_off_target', ladders)).toBe('inter-agency');
  expect(ladderFor('other', [])).toBe('');
});
