/** What changed lately, told in few lines: what one request did to many items of a kind is one line. */
import { plural } from '$lib/format';
import { fieldWord, kindWord, valueWords, type ChangeEntry } from '../changes/changes';

export interface Recent {
  id: number;
  at: string;
  by: string | null;
  kind: ChangeEntry['kind'];
  /** "Changed action", "Added 15 KPIs". */
  did: string;
  /** The item it is about, where it is one. */
  ref: string | null;
  title: string | null;
  /** What changed of it: "Due: 30 Nov 2026 → 25 Dec 2026". */
  details: string[];
}

const DONE = { created: 'Added', changed: 'Changed', deleted: 'Deleted' } as const;

const PLURALS: Record<string, string> = {
  KPI: 'KPIs',
  party: 'leads and owners',
  'values submitted': 'deliveries of values',
  inspection: 'inspections',
  deputy: 'deputies',
};

function lowered(word: string): string {
  return word === 'KPI' ? word : word.charAt(0).toLowerCase() + word.slice(1);
}

function nounOf(kind: string, count: number): string {
  const one = kind === 'party' ? 'party' : lowered(kindWord(kind));
  if (count === 1) return kind === 'party' ? 'lead or owner' : one;
  return PLURALS[one] ?? `${one}s`;
}

export function recentOf(entries: readonly ChangeEntry[]): Recent[] {
  const groups: ChangeEntry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1)?.[0];
    const isSame = last && last.at === entry.at && last.by === entry.by && last.kind === entry.kind && last.what === entry.what;
    if (isSame && entry.kind !== 'submission') groups.at(-1)?.push(entry);
    else groups.push([entry]);
  }
  return groups.flatMap((group) => (group[0] ? [told(group[0], group.length)] : []));
}

function told(entry: ChangeEntry, count: number): Recent {
  const { id, at, by, kind, what } = entry;
  const isOne = count === 1;
  const did =
    kind === 'submission' ? 'Values arrived' : `${DONE[what]} ${isOne ? '' : `${count} `}${nounOf(kind, count)}`;
  return {
    id,
    at,
    by,
    kind,
    did,
    ref: isOne && what !== 'deleted' && kind !== 'submission' ? entry.ref : null,
    title: isOne ? entry.title : null,
    details: isOne && what === 'changed' ? detailsOf(entry) : [],
  };
}

const SHOWN = 2;

function detailsOf(entry: ChangeEntry): string[] {
  const lines = entry.fields.slice(0, SHOWN).map(({ field, from, to }) => {
    const before = from === null ? '' : `${valueWords(entry.kind, field, from)} → `;
    return `${fieldWord(field, entry.kind)}: ${before}${to === null ? 'removed' : valueWords(entry.kind, field, to)}`;
  });
  const more = entry.fields.length - lines.length;
  return more > 0 ? [...lines, `and ${plural(more, 'more field')}`] : lines;
}

const TOLD = ['action', 'recommendation', 'kpi', 'submission', 'narrative', 'escalation', 'risk', 'check'];

/** How much of each kind changed, the kinds that people ask after first: "58 actions", "5 escalations". */
export function countsOf(counts: Partial<Record<string, number>>): { kind: string; words: string }[] {
  return TOLD.flatMap((kind) => {
    const count = counts[kind];
    if (!count) return [];
    const noun = kind === 'submission' ? (count === 1 ? 'delivery of values' : 'deliveries of values') : nounOf(kind, count);
    return [{ kind, words: `${count.toLocaleString('en-GB')} ${noun}` }];
  });
}
