/** What changed lately, told in few lines: what one request did to many items of a kind is one line. */
import { plural } from '$lib/format';
import { fieldWord, valueWords, type ChangedKind, type ChangeEntry } from '../changes/changes';

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

/** One and several of each kind, as a sentence can say them. */
const NOUNS: Record<ChangedKind, readonly [string, string]> = {
  action: ['action', 'actions'],
  recommendation: ['recommendation', 'recommendations'],
  kpi: ['KPI', 'KPIs'],
  submission: ['delivery of values', 'deliveries of values'],
  value_act: ['decision on values', 'decisions on values'],
  period_lock: ['period lock', 'period locks'],
  feed: ['feed', 'feeds'],
  narrative: ['update', 'updates'],
  audit: ['audit', 'audits'],
  audit_template: ['audit template', 'audit templates'],
  audit_measure: ['KPI derived from audits', 'KPIs derived from audits'],
  windscreen_position: ['windscreen position', 'windscreen positions'],
  risk: ['risk', 'risks'],
  escalation: ['escalation', 'escalations'],
  ladder: ['ladder', 'ladders'],
  check: ['check', 'checks'],
  plan: ['plan', 'plans'],
  inspection: ['inspection', 'inspections'],
  theme: ['theme', 'themes'],
  party: ['lead or owner', 'leads and owners'],
  membership: ['member', 'members'],
  deputy: ['deputy', 'deputies'],
  imported_document: ['import', 'imports'],
};

function nounOf(kind: ChangedKind, count: number): string {
  return NOUNS[kind][count === 1 ? 0 : 1];
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

const TOLD = ['action', 'recommendation', 'kpi', 'submission', 'narrative', 'escalation', 'risk', 'check'] as const;

/** How much of each kind changed, the kinds that people ask after first: "58 actions", "5 escalations". */
export function countsOf(counts: Partial<Record<ChangedKind, number>>): { kind: string; words: string }[] {
  return TOLD.flatMap((kind) => {
    const count = counts[kind];
    if (!count) return [];
    return [{ kind, words: `${count.toLocaleString('en-GB')} ${nounOf(kind, count)}` }];
  });
}
