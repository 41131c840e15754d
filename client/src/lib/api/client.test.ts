// @vitest-environment node
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApi, idempotent, ifMatch, read, readVersioned, tagOf, whenSignedOut } from './client';
import { Problem } from './problem';

type Respond = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let respond: Respond;
let api: ReturnType<typeof createApi>;
let signedOut: number;

beforeEach(async () => {
  server = createServer((request, response) => respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  signedOut = 0;
  whenSignedOut(() => (signedOut += 1));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function answers(status: number, body: unknown, headers: Record<string, string> = {}): Respond {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return (_request, response) => response.writeHead(status, { 'Content-Type': type, ...headers }).end(JSON.stringify(body));
}

async function refusal(call: Promise<unknown>): Promise<Problem> {
  const thrown = await call.then(() => null, (error: unknown) => error);
  expect(thrown).toBeInstanceOf(Problem);
  return thrown as Problem;
}

describe('an answer', () => {
  it('comes with the body, and with its version where it is asked for', async () => {
    respond = answers(200, { items: [], next: null }, { ETag: '"7.abc"' });
    expect(await read(api.GET('/v1/plans'))).toEqual({ items: [], next: null });
    expect((await readVersioned(api.GET('/v1/plans'))).etag).toBe('"7.abc"');
  });

  it('was asked for by a browser, as the service demands', async () => {
    let header: unknown;
    respond = (request, response) => {
      header = request.headers['x-turnstone-client'];
      response.writeHead(204).end();
    };
    await api.DELETE('/v1/auth/sessions/current');
    expect(header).toBe('browser');
  });

  it('keeps 15 digits of a number', async () => {
    respond = (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"items":[123456789.012345],"next":null}');
    expect(JSON.stringify(await read(api.GET('/v1/plans')))).toContain('123456789.012345');
  });
});

describe('a refusal', () => {
  it('says which field and why', async () => {
    respond = answers(422, {
      type: 'https://turnstone.example/problems/invalid',
      title: 'This was not accepted',
      status: 422,
      errors: [
        { pointer: '/due/date', message: 'Enter a date' },
        { pointer: '/a~1b', message: 'No' },
      ],
    });
    const problem = await refusal(api.GET('/v1/plans'));
    expect(problem.status).toBe(422);
    expect(problem.byField).toEqual({ 'due.date': 'Enter a date', 'a/b': 'No' });
    expect(signedOut).toBe(0);
  });

  it('of an old version holds all three sides and the version to send next', async () => {
    const sides = { base: { title: 'a' }, theirs: { title: 'b' }, yours: { title: 'c' } };
    const fields = [{ field: 'title', base: 'a', theirs: 'b', yours: 'c', changed_meanwhile: true }];
    respond = answers(412, { fields, base_is_known: true, current_etag: '"8.def"' });
    expect((await refusal(api.GET('/v1/plans'))).conflict).toEqual({ ...sides, etag: '"8.def"' });
    respond = answers(412, { fields, base_is_known: false }, { ETag: '"8.def"' });
    expect((await refusal(api.GET('/v1/plans'))).conflict).toEqual({ ...sides, base: {}, etag: '"8.def"' });
  });

  it('for want of a session signs out, but a wrong password does not', async () => {
    respond = answers(401, { title: 'Sign in' });
    await refusal(api.POST('/v1/auth/sessions', { body: { email: 'a@example.org', password: 'x' } }));
    expect(signedOut).toBe(0);
    await refusal(api.GET('/v1/me'));
    expect(signedOut).toBe(1);
  });

  it('without a body of its own still has a title', async () => {
    respond = (_request, response) => response.writeHead(502).end('<h1>Bad gateway</h1>');
    expect((await refusal(api.GET('/v1/plans'))).title).toBe('Turnstone has a fault');
  });

  it('is "offline" when no answer comes', async () => {
    respond = (request) => request.socket.destroy();
    expect((await refusal(api.GET('/v1/plans'))).isOffline).toBe(true);
  });
});

it('conditional and repeatable requests have their headers', () => {
  expect(ifMatch('"7.abc"')).toEqual({ 'if-match': '"7.abc"' });
  expect(tagOf({ version: 7 })).toBe('"7"');
  expect(idempotent('k')).toEqual({ 'idempotency-key': 'k' });
  expect(idempotent()['idempotency-key']).not.toBe(idempotent()['idempotency-key']);
});
