/** A file of values on its way in: what may be sent, what the service asks of it, and what it found. */
import { api, asProblem, Problem, read } from '$lib/api';
import type { components, paths } from '$lib/api/schema';
import { formatNumber } from '$lib/format';
import type { Submission } from './submissions';

export type FileLimits = components['schemas']['FileLimits'];
type FileQuery = NonNullable<paths['/v1/plans/{plan}/measurement-files']['post']['parameters']['query']>;

const KINDS: Record<string, string> = {
  csv: 'text/csv',
  txt: 'text/csv',
  tsv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
};

/** What the dialogue for choosing a file offers first. */
export const ACCEPTED = '.csv,.xlsx,.ndjson,.jsonl,.txt,.tsv';

const SAVE_AS: Record<string, string> = {
  xls: 'an Excel workbook (.xlsx)',
  xlsm: 'an Excel workbook (.xlsx)',
  xlsb: 'an Excel workbook (.xlsx)',
  ods: 'an Excel workbook (.xlsx) or as CSV',
  numbers: 'an Excel workbook (.xlsx) or as CSV',
};

/** A file as it is kept from the preview to the storing: its bytes, whatever becomes of it on the disk. */
export interface Chosen {
  name: string;
  kind: string;
  content: Blob;
}

/** What the sender says of a file. */
export interface Said {
  source: string;
  sheet: string;
  percentages: string;
}

export const NOTHING_SAID: Said = { source: '', sheet: '', percentages: '' };

function endingOf(name: string): string {
  return (/\.([^.]+)$/.exec(name)?.[1] ?? '').toLowerCase();
}

/** The content type of a file by its name; null for a kind that is not taken. */
export function kindOf(name: string): string | null {
  return KINDS[endingOf(name)] ?? null;
}

/** Why a file cannot be sent, and what to do; null where it can. */
export function faultOf(file: { name: string; size: number } | null, limits: FileLimits): string | null {
  if (!file) return 'Choose a file of values';
  const saveAs = SAVE_AS[endingOf(file.name)];
  if (saveAs) return `${file.name} is of a kind that is not read. Save it as ${saveAs}, and choose that file`;
  if (!kindOf(file.name)) return `${file.name} is no CSV, Excel (.xlsx) or NDJSON file. Choose another file`;
  if (!file.size) return `${file.name} is empty. Choose another file`;
  if (file.size > limits.bytes) {
    return `${file.name} is larger than ${formatSize(limits.bytes)}, the most that is taken. Split it, and send the parts one after another`;
  }
  return null;
}

/** "12 kB", "1.4 MB": decimal, as the limits are. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const [size, unit] = bytes < 999_500 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${formatNumber(Number(size.toFixed(size < 9.95 ? 1 : 0)))} ${unit}`;
}

export function saysLimits({ bytes, values }: FileLimits): string {
  return `CSV, Excel (.xlsx) or NDJSON, up to ${formatSize(bytes)} and ${values.toLocaleString('en-GB')} values`;
}

/** Reads the file whole, so that what is stored is what was previewed. Throws what the browser throws. */
export async function keep(file: File): Promise<Chosen> {
  const kind = kindOf(file.name) ?? '';
  return { name: file.name, kind, content: new Blob([await file.arrayBuffer()], { type: kind }) };
}

interface Sending {
  mode: 'atomic' | 'partial';
  dry_run: boolean;
  header?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Sends a file, to preview or to store it. A file that was refused is an answer like any other: its
 * submission says why. Throws a Problem where there is none.
 */
export async function sendFile(plan: string, file: Chosen, said: Said, sending: Sending): Promise<Submission> {
  const query: FileQuery = {
    mode: sending.mode,
    dry_run: sending.dry_run,
    name: file.name.slice(0, 500),
    ...(said.source.trim() && { source: said.source.trim() }),
    ...(said.sheet && { sheet: said.sheet }),
    ...(said.percentages && { percentages_are: said.percentages as FileQuery['percentages_are'] }),
  };
  try {
    return await read(
      api.POST('/v1/plans/{plan}/measurement-files', {
        params: { path: { plan }, query, header: sending.header ?? {} },
        headers: { 'Content-Type': file.kind },
        // The document can only say that the body is text; what goes is the file's bytes.
        body: file.content as unknown as string,
        bodySerializer: (content) => content,
        signal: sending.signal,
      }),
    );
  } catch (thrown) {
    const refused = asProblem(thrown).body.submission;
    if (refused) return refused as Submission;
    throw thrown;
  }
}

export interface Question {
  name: 'sheet' | 'percentages';
  /** Sheets to choose from, or the KPIs whose percentages may be fractions. */
  about: string[];
}

/** What the service cannot know of a file and asks for; while there is any, the preview is not whole. */
export function questionsOf({ findings, problem }: Pick<Submission, 'findings' | 'problem'>): Question[] {
  const about = (code: string): string[] =>
    findings.flatMap((finding) => (finding.code === code && finding.about ? [finding.about] : []));
  const questions: Question[] = [];
  if (problem && about('sheet_to_choose').length) questions.push({ name: 'sheet', about: about('sheet_to_choose') });
  const percentages = about('fraction_or_percent');
  if (percentages.length) questions.push({ name: 'percentages', about: percentages });
  return questions;
}

/** What was recognised, the questions aside. */
export function recognisedIn({ findings }: Pick<Submission, 'findings'>): Submission['findings'] {
  return findings.filter(({ about }) => !about);
}

/** What is wrong, the questions aside. */
export function errorsIn({ errors }: Pick<Submission, 'errors'>): Submission['errors'] {
  return errors.filter(({ code }) => code !== 'fraction_or_percent');
}

/** What can be done about a preview. */
export type Next = 'answer' | 'choose' | 'nothing' | 'some' | 'all';

/**
 * `answer` a question first; `choose` another file, for no value of this one can be stored; `nothing`
 * would change; store `some`, leaving out the wrong rows; or store `all`.
 */
export function nextFor(preview: Submission): Next {
  if (questionsOf(preview).length) return 'answer';
  const { received, rejected, unchanged } = preview;
  if (preview.status !== 'previewed' || rejected === received) return 'choose';
  if (unchanged === received - rejected) return rejected ? 'choose' : 'nothing';
  return rejected ? 'some' : 'all';
}

/** Why nothing came of sending, for the top of the form. */
export function sendingFault(thrown: unknown, limits: FileLimits): string {
  const problem = asProblem(thrown);
  if (problem.isOffline) return 'Turnstone could not be reached. Check your connection, then try again. Your file is still here';
  if (problem.status === 413) return `The file is too large: a file may have ${formatSize(limits.bytes)} at most. Split it, and send the parts one after another`;
  if (problem.type.endsWith('/idempotency-key-reused')) return 'This file had been sent already. Look for it among the deliveries before you send it again';
  return problem.errors[0]?.message ?? problem.detail ?? problem.title;
}

/** Whether the person themselves stopped it. */
export function wasStopped(thrown: unknown): boolean {
  return !(thrown instanceof Problem) && thrown instanceof DOMException && thrown.name === 'AbortError';
}
