import { api, read } from '$lib/api';
import type { components } from '$lib/api/schema';
import type { TimelineItem } from '$lib/ui';
import { labelFor } from '../plan/labels';

export type Narrative = components['schemas']['NarrativeRead'];
export type NarrativeKind = Narrative['kind'];
export type NarrativeCreate = components['schemas']['NarrativeCreate'];

/** An item that words can be about, by kind and ref. */
export interface About {
  kind: 'recommendation' | 'action' | 'kpi' | 'risk' | 'theme';
  ref: string;
}

export type Shown = TimelineItem & { narrative: Narrative };

export function narrativesPage(plan: string, about: About, cursor?: string) {
  return read(
    api.GET('/v1/plans/{plan}/narratives', {
      params: { path: { plan }, query: { about: [`${about.kind}:${about.ref}`], limit: 20, cursor } },
    }),
  );
}

/** Narratives as a timeline shows them: on the day they speak of, else the day they were posted. */
export function asTimeline(narratives: readonly Narrative[]): Shown[] {
  return narratives.map((narrative) => ({
    id: String(narrative.id),
    title: labelFor('narrative_kind', narrative.kind),
    at: narrative.on?.date ?? narrative.created_at.slice(0, 10),
    by: narrative.by,
    for: narrative.for_whom,
    text: narrative.text,
    narrative,
  }));
}

/** Last time's words: the newest that report how the item stands. */
export function lastReported(narratives: readonly Narrative[]): Narrative | undefined {
  return narratives.find(({ kind }) => kind === 'progress' || kind === 'exception') ?? narratives[0];
}
