/** Audits pasted from a sheet or read from a CSV file, as rows that the service takes. */
import type { Template } from './audits';

/** Columns that say about an audit what is no mark. */
export const ABOUT = ['month', 'team', 'auditor', 'moderator'] as const;
const AFTER = ' after';

export interface Pasted {
  rows: Record<string, unknown>[];
  /** What keeps the sheet from being read at all. Nothing of it is sent then. */
  fault: string | null;
}

/** The header of a sheet for a template: a column for each domain, and one for it after moderation. */
export function headerFor({ domains }: Pick<Template, 'domains'>): string[] {
  return [...ABOUT, ...domains.map(({ ref }) => ref), ...domains.map(({ ref }) => `${ref}${AFTER}`)];
}

/** Cells of a sheet: by tabs if its header has any, as spreadsheets copy; else by commas, with quotes. */
export function cellsOf(text: string): string[][] {
  const [first = ''] = text.split(/\r?\n/, 1);
  const separator = first.includes('\t') ? '\t' : first.includes(';') && !first.includes(',') ? ';' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  const clean = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < clean.length; at += 1) {
    const char = clean.charAt(at);
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (clean[at + 1] === '"') cell += clean.charAt((at += 1));
      else isQuoted = false;
    } else if (char === '"' && !cell) isQuoted = true;
    else if (char === separator) {
      row.push(cell.trim());
      cell = '';
    } else if (char === '\n') {
      rows.push([...row, cell.trim()]);
      [row, cell] = [[], ''];
    } else if (char !== '\r') cell += char;
  }
  rows.push([...row, cell.trim()]);
  return rows.filter((cells) => cells.some(Boolean));
}

export function readPasted(text: string, template: Pick<Template, 'ref' | 'domains'>): Pasted {
  const [header, ...lines] = cellsOf(text);
  if (!header || !lines.length) return { rows: [], fault: 'Paste a line of column names and at least one audit beneath it' };
  const domains = new Map(template.domains.flatMap(({ ref, title }) => [[ref.toLowerCase(), ref], [title.toLowerCase(), ref]] as const));
  const columns = header.map((name) => columnOf(name.toLowerCase(), domains));
  const strange = header.filter((_, at) => columns[at] === null);
  if (strange.length) {
    return { rows: [], fault: `The template has no ${strange.map((name) => `“${name.slice(0, 40)}”`).join(', ')}. An audit takes marks, and no case number, name or comment` };
  }
  const wide = lines.findIndex((cells) => cells.length > header.length);
  if (wide >= 0) return { rows: [], fault: `Line ${wide + 2} has more cells than the line of column names` };
  return { rows: lines.map((cells) => rowOf(cells, columns as Column[], template.ref)), fault: null };
}

interface Column {
  side: 'about' | 'scores' | 'moderated';
  name: string;
}

function columnOf(name: string, domains: ReadonlyMap<string, string>): Column | null {
  if ((ABOUT as readonly string[]).includes(name)) return { side: 'about', name };
  const plain = domains.get(name);
  if (plain) return { side: 'scores', name: plain };
  const after = name.endsWith(AFTER) ? domains.get(name.slice(0, -AFTER.length).trim()) : undefined;
  return after ? { side: 'moderated', name: after } : null;
}

function rowOf(cells: readonly string[], columns: readonly Column[], template: string): Record<string, unknown> {
  const row = { template, scores: {} as Record<string, string>, moderated: {} as Record<string, string> };
  const about: Record<string, string> = {};
  columns.forEach(({ side, name }, at) => {
    const cell = cells[at];
    if (!cell) return;
    if (side === 'about') about[name] = cell;
    else row[side][name] = cell;
  });
  return { ...row, ...about };
}
