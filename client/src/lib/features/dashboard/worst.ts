/** What asks most for attention, first. */
import type { Rating } from '$lib/words';
import { CATEGORIES } from '../kpis/labels';
import type { RecommendationLine, ScorecardGroup, ScorecardLine } from './dashboard';

const WORST_RATING_FIRST: readonly Rating[] = ['red', 'amber', 'grey', 'green', 'blue'];

/** Those furthest off track first; those that are no longer worked on last. */
export function worstFirst(lines: readonly RecommendationLine[]): RecommendationLine[] {
  const place = (line: RecommendationLine): number =>
    line.status === 'active' ? WORST_RATING_FIRST.indexOf(line.rating ?? 'grey') : WORST_RATING_FIRST.length;
  return [...lines].sort((a, b) => place(a) - place(b) || b.overdue - a.overdue);
}

const CONCERNS = ['missed', 'behind_pace', 'within_tolerance', 'no_target'];

/** How much a KPI asks for attention; less is more. Off target and getting worse is the most. */
function urgency(kpi: ScorecardLine): number {
  if (!kpi.points.length) return 90;
  const target = CONCERNS.indexOf(kpi.target_state);
  const off = target === -1 ? 4 : target;
  const moved = kpi.direction === 'worse' ? 0 : kpi.direction === 'better' ? 1 : 2;
  return (off < 2 ? 0 : 10) + moved * 3 + off;
}

export interface Excerpt {
  category: ScorecardGroup['category'];
  kpis: ScorecardLine[];
  total: number;
}

/** The KPIs that ask most for attention under each question; headings and those superseded aside. */
export function excerptOf(groups: readonly ScorecardGroup[], shown: number): Excerpt[] {
  return CATEGORIES.flatMap((category) => {
    const kpis = (groups.find((group) => group.category === category)?.kpis ?? [])
      .filter(({ kind, is_superseded }) => kind !== 'heading' && !is_superseded)
      .sort((a, b) => urgency(a) - urgency(b) || a.position - b.position);
    return kpis.length ? [{ category, kpis: kpis.slice(0, shown), total: kpis.length }] : [];
  });
}
