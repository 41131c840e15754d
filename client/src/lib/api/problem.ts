/** One fault in what was sent: where (a JSON pointer) and what, in words for people. */
export interface Fault {
  pointer: string;
  message: string;
  /** A stable word for the kind of fault: "missing", "unknown_ref". */
  code?: string;
}

export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string | null;
  errors?: { pointer?: string; message?: string; detail?: string; code?: string }[];
  /** Of an edit that met another one: every field sent, from its three sides. */
  fields?: { field: string; base: unknown; theirs: unknown; yours: unknown }[];
  base_is_known?: boolean;
  current_etag?: string | null;
}

/** The three sides of an edit that met another one, field by field. */
export interface Conflict {
  base: Record<string, unknown>;
  theirs: Record<string, unknown>;
  yours: Record<string, unknown>;
  /** The version to send in If-Match once the person has chosen. */
  etag: string | null;
}

/** What went wrong, as the service says it (RFC 9457). `status` 0 means that no answer came. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly detail: string | null;
  readonly errors: Fault[];
  readonly conflict: Conflict | null;
  readonly requestId: string | null;
  /** Seconds to wait before another try, where the service says so. */
  readonly retryAfter: number | null;
  /** The whole answer: some types of problem say more in members of their own. */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, body: ProblemBody = {}, headers: Headers = new Headers()) {
    const title = body.title ?? titleOf(status);
    super(body.detail ?? title);
    this.name = 'Problem';
    this.status = status;
    this.type = body.type ?? 'about:blank';
    this.title = title;
    this.detail = body.detail ?? null;
    this.errors = (body.errors ?? []).map((fault) => ({
      pointer: fault.pointer ?? '',
      message: fault.message ?? fault.detail ?? title,
      ...(fault.code ? { code: fault.code } : {}),
    }));
    this.conflict = body.fields ? conflictOf(body, headers) : null;
    this.requestId = headers.get('X-Request-ID');
    this.body = { ...body };
    const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
    this.retryAfter = Number.isFinite(seconds) ? seconds : null;
  }

  get isOffline(): boolean {
    return this.status === 0;
  }

  /** Messages by the name of the form field they belong to: `/person/email` is `person.email`. */
  get byField(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const { pointer, message } of this.errors) found[fieldOf(pointer)] ??= message;
    return found;
  }
}

/** Where what both began from is no longer known, `base` is empty, and no side is the evident one. */
function conflictOf({ fields = [], base_is_known, current_etag }: ProblemBody, headers: Headers): Conflict {
  const side = (which: 'base' | 'theirs' | 'yours') =>
    Object.fromEntries(fields.map((each) => [each.field, each[which]]));
  return {
    base: base_is_known === false ? {} : side('base'),
    theirs: side('theirs'),
    yours: side('yours'),
    etag: current_etag ?? headers.get('ETag'),
  };
}

export function fieldOf(pointer: string): string {
  return pointer
    .replace(/^#?\//, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.');
}

export async function problemFrom(response: Response): Promise<Problem> {
  const isJson = /[/+]json\b/.test(response.headers.get('Content-Type') ?? '');
  const body = isJson ? ((await response.json().catch(() => ({}))) as ProblemBody) : {};
  return new Problem(response.status, body, response.headers);
}

/** Whatever was thrown, as a Problem; a fault of our own keeps its message as the detail. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  return new Problem(500, {
    title: 'Something went wrong on this page',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
  });
}

function titleOf(status: number): string {
  if (status === 0) return 'Turnstone cannot be reached';
  if (status === 401) return 'You are not signed in';
  if (status === 403) return 'You cannot do this';
  if (status === 404) return 'This cannot be found';
  if (status === 412) return 'Someone else has changed this';
  if (status === 429) return 'Too many tries';
  return status >= 500 ? 'Turnstone has a fault' : 'This was not accepted';
}
