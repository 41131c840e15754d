/** The steps that people take with an escalation: what each asks for, and how it is sent. */
import { api, ifMatch, readVersioned, type Versioned } from '$lib/api';
import type { FormError } from '../editing/errors';
import { orNull } from '../editing/fields';
import type { Escalation, Stage } from './escalations';

export const STEPS = ['answer', 'climb', 'resolve', 'withdraw', 'refer', 'reopen'] as const;
export type Step = (typeof STEPS)[number];

export interface StepWords {
  /** On the button that opens the form. */
  open: string;
  title: string;
  /** What is asked for in the first box. */
  label: string;
  hint?: string;
  missing: string;
  /** On the button that sends it. */
  send: string;
  /** Said once it is done. */
  done: string;
}

export const STEP_WORDS: Record<Step, StepWords> = {
  answer: {
    open: 'Answer',
    title: 'Answer this escalation',
    label: 'Your answer',
    hint: 'What will be done, by whom and by when',
    missing: 'Enter your answer',
    send: 'Send the answer',
    done: 'Your answer has been recorded.',
  },
  climb: {
    open: 'Climb',
    title: 'Climb the ladder',
    label: 'Why it climbs',
    hint: 'For example, there was no answer, or the answer names no date',
    missing: 'Enter why it climbs',
    send: 'Climb',
    done: 'The escalation has climbed.',
  },
  resolve: {
    open: 'Resolve',
    title: 'Resolve this escalation',
    label: 'What resolved it',
    missing: 'Enter what resolved it',
    send: 'Resolve',
    done: 'The escalation is resolved.',
  },
  withdraw: {
    open: 'Withdraw',
    title: 'Withdraw this escalation',
    label: 'Why it is withdrawn',
    missing: 'Enter why it is withdrawn',
    send: 'Withdraw',
    done: 'The escalation is withdrawn.',
  },
  refer: {
    open: 'Refer elsewhere',
    title: 'Refer this escalation elsewhere',
    label: 'What is referred, and why',
    hint: 'It ends here: somebody outside the ladder takes it on',
    missing: 'Enter what is referred, and why',
    send: 'Refer',
    done: 'The escalation is referred.',
  },
  reopen: {
    open: 'Open again',
    title: 'Open this escalation again',
    label: 'Why it is opened again',
    hint: 'It stands again at the stage where it stood, with a new limit',
    missing: 'Enter why it is opened again',
    send: 'Open again',
    done: 'The escalation is open again.',
  },
};

export interface StepForm {
  text: string;
  /** Of an answer: `''` where nothing is said of it yet. */
  satisfactory: '' | 'yes' | 'no';
  /** Of a climb: the position of the stage; the next one unless chosen. */
  toStage: string;
  assignedTo: string;
  learning: string;
  /** To whom it is referred. */
  to: string;
}

export const emptyStep = (): StepForm => ({ text: '', satisfactory: '', toStage: '', assignedTo: '', learning: '', to: '' });

export function missingFromStep(step: Step, form: StepForm, id: (name: string) => string): FormError[] {
  const errors: FormError[] = [];
  if (step === 'refer' && !form.to.trim()) errors.push({ id: id('to'), message: 'Enter to whom it is referred' });
  if (!form.text.trim()) errors.push({ id: id('text'), message: STEP_WORDS[step].missing });
  return errors;
}

/** The stages above the one where it stands, the next one first. */
export function stagesAbove({ ladder, stage }: Pick<Escalation, 'ladder' | 'stage'>): Stage[] {
  return ladder.stages.filter(({ position }) => position > (stage?.position ?? 0)).sort((a, b) => a.position - b.position);
}

interface Sent {
  plan: string;
  escalation: string;
  etag: string;
  key: { 'idempotency-key': string };
}

/** Sends a step on the version that was read. Throws the Problem: 412 where somebody took another step. */
export function takeStep(step: Step, form: StepForm, { plan, escalation, etag, key }: Sent): Promise<Versioned<Escalation>> {
  const params = { path: { plan, escalation }, header: { ...ifMatch(etag), ...key } };
  const text = form.text.trim();
  switch (step) {
    case 'answer': {
      const satisfactory = form.satisfactory === '' ? null : form.satisfactory === 'yes';
      return readVersioned(api.POST('/v1/plans/{plan}/escalations/{escalation}/answers', { params, body: { text, satisfactory } }));
    }
    case 'climb': {
      const body = { reason: text, to_stage: Number(form.toStage) || null, assigned_to: Number(form.assignedTo) || null };
      return readVersioned(api.POST('/v1/plans/{plan}/escalations/{escalation}/climbs', { params, body }));
    }
    case 'resolve':
      return readVersioned(
        api.POST('/v1/plans/{plan}/escalations/{escalation}/resolution', { params, body: { text, learning: orNull(form.learning) } }),
      );
    case 'withdraw':
      return readVersioned(api.POST('/v1/plans/{plan}/escalations/{escalation}/withdrawal', { params, body: { reason: text } }));
    case 'refer':
      return readVersioned(
        api.POST('/v1/plans/{plan}/escalations/{escalation}/referral', { params, body: { to: form.to.trim(), text } }),
      );
    case 'reopen':
      return readVersioned(api.POST('/v1/plans/{plan}/escalations/{escalation}/reopening', { params, body: { reason: text } }));
  }
}
