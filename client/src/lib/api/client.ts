import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { Problem, problemFrom } from './problem';
import type { paths } from './schema';

type SignedOut = () => void;
let onSignedOut: SignedOut = () => {};

/** What to do when the service says that the session is over; the shell goes to the sign-in page. */
export function whenSignedOut(handler: SignedOut): void {
  onSignedOut = handler;
}

const conventions: Middleware = {
  onRequest({ request }) {
    // The service takes a browser's session only with this header: no other site's page can set it.
    request.headers.set('X-Turnstone-Client', 'browser');
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok || response.status === 304) return;
    const problem = await problemFrom(response);
    const isSigningIn = request.method === 'POST' && request.url.endsWith('/v1/auth/sessions');
    if (problem.status === 401 && !isSigningIn) onSignedOut();
    throw problem;
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    return new Problem(0, {
      detail: 'Check your connection, then try again. Nothing that you typed has been lost.',
    });
  },
};

/** A typed client of one origin. Calls that are not answered with success throw a Problem. */
export function createApi(origin: string): Client<paths> {
  const client = createClient<paths>({ baseUrl: origin, credentials: 'same-origin' });
  client.use(conventions);
  return client;
}

// Numbers travel as plain JSON numbers: the service emits at most 15 significant digits, which a
// JavaScript number holds exactly.
export const api = createApi(globalThis.location?.origin ?? '');

interface Answer {
  data?: unknown;
  response: Response;
}

/** The body of an answer: `const plans = await read(api.GET('/v1/plans'))`. */
export async function read<A extends Answer>(call: Promise<A>): Promise<NonNullable<A['data']>> {
  return (await call).data as NonNullable<A['data']>;
}

/** An answer's body with the version to send back in If-Match when changing it. */
export interface Versioned<T> {
  data: T;
  etag: string;
}

export async function readVersioned<A extends Answer>(
  call: Promise<A>,
): Promise<Versioned<NonNullable<A['data']>>> {
  const { data, response } = await call;
  return { data: data as NonNullable<A['data']>, etag: response.headers.get('ETag') ?? '' };
}

/** The header that makes a change conditional on the version which the person saw. */
export function ifMatch(etag: string): { 'if-match': string } {
  return { 'if-match': etag };
}

/** The ETag of an item that came in a list, which gives none of each: If-Match reads only the version. */
export function tagOf({ version }: { version: number }): string {
  return `"${version}"`;
}

/** A key for one POST. Make it when the form opens and keep it over retries: then it is done once. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

export function idempotent(key: string = newIdempotencyKey()): { 'idempotency-key': string } {
  return { 'idempotency-key': key };
}
