import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { aLambdaContext } from '../../../test/testing/builders.ts';
import { ADMIN, ALICE, anHttpEvent, answerOf, send, type RequestTraits } from '../../../test/testing/http-events.ts';
import { problemOf } from '../../../test/testing/problems.ts';
import { StoreUnavailable, TransactionConflict } from '../errors.ts';
import { ProblemError } from './problem.ts';
import type { RouteTable } from './route.ts';
import { serve } from './serve.ts';

const routes = {
  brew: {
    method: 'POST',
    path: '/teas/{tea}/pots',
    access: 'customer',
    summary: 'Brew tea',
    params: z.strictObject({ tea: z.string().min(1) }),
    query: z.strictObject({ sugar: z.enum(['yes', 'no']).default('no') }),
    headers: z.strictObject({ 'x-cup': z.string().max(5).optional() }),
    body: z.strictObject({ minutes: z.int().positive() }),
    success: { status: 201, description: 'Brewed' },
  },
  look: {
    method: 'GET',
    path: '/teas',
    access: 'anyone',
    summary: 'Look',
    success: { status: 200, description: 'Teas' },
  },
  sweep: {
    method: 'DELETE',
    path: '/teas',
    access: 'admin',
    summary: 'Sweep',
    success: { status: 204, description: 'Gone' },
  },
} as const satisfies RouteTable;

const work = vi.fn<(request: object) => Promise<object>>();
const handler = serve(routes, { brew: work, look: work, sweep: work });
const brew = { caller: ALICE, params: { tea: 'green' }, body: { minutes: 3 } };
let logged: () => string;

beforeEach(() => {
  work.mockReset();
  work.mockResolvedValue({});
  const written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockReturnValue(true));
  const toConsole = (['debug', 'info', 'warn', 'error', 'log'] as const).map((level) =>
    vi.spyOn(console, level).mockReturnValue(undefined),
  );
  logged = () => [...written, ...toConsole].flatMap((spy) => spy.mock.calls.flat()).join('\n');
});
afterEach(() => vi.restoreAllMocks());

test('a handler gets the parsed parts of its request, and nothing that its route does not name', async () => {
  const { status } = await send(handler, 'POST /teas/{tea}/pots', {
    ...brew,
    headers: { 'x-cup': 'big', 'x-evil': '1' },
  });
  expect(status).toBe(201);
  expect(work).toHaveBeenCalledWith({
    params: { tea: 'green' },
    query: { sugar: 'no' },
    headers: { 'x-cup': 'big' },
    body: { minutes: 3 },
    caller: { customerId: 'alice', isAdmin: false },
    requestId: 'request-1',
    correlationId: 'http-request-1',
  });
});

test('an answer with a body says that it is JSON, and one without says nothing of a type', async () => {
  work.mockResolvedValue({ body: { teas: 2 }, headers: { etag: '"1"' } });
  const answer = await send(handler, 'GET /teas');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    etag: '"1"',
  });
  work.mockResolvedValue({});
  const { headers } = await send(handler, 'DELETE /teas', { caller: ADMIN });
  expect(headers).not.toHaveProperty('content-type');
});

test.each([
  { offered: 'front-end.4711_a', kept: 'front-end.4711_a' },
  { offered: 'short', kept: 'http-request-1' },
  { offered: 'with space', kept: 'http-request-1' },
  { offered: `long-${'x'.repeat(100)}`, kept: 'http-request-1' },
  { offered: '4242-4242-4242-4242', kept: 'http-request-1' },
])('a journey is called $kept when its caller calls it "$offered"', async ({ offered, kept }) => {
  await send(handler, 'POST /teas/{tea}/pots', { ...brew, headers: { 'x-cup': 'big', 'x-correlation-id': offered } });
  expect(work).toHaveBeenCalledWith(expect.objectContaining({ correlationId: kept }));
});

test('everything that is wrong is told at once, by place and without its value', async () => {
  const answer = await send(handler, 'POST /teas/{tea}/pots', {
    caller: ALICE,
    params: { tea: '' },
    query: { sugar: 'lots-of-it' },
    headers: { 'x-cup': 'gigantic' },
    body: { minutes: -1, salt: 'secret-salt' },
  });
  expect(problemOf(answer)).toBe('400 VALIDATION_FAILED');
  const fields = (answer.body.errors as { field: string }[]).map(({ field }) => field);
  expect(new Set(fields)).toEqual(new Set(['path.tea', 'query.sugar', 'header.x-cup', 'body.minutes', 'body']));
  expect(JSON.stringify(answer.body)).not.toMatch(/lots-of-it|gigantic|secret-salt/);
  expect(work).not.toHaveBeenCalled();
});

describe('who may', () => {
  test('whoever is not signed in is asked to, also when the authorizer was forgotten', async () => {
    expect(problemOf(await send(handler, 'POST /teas/{tea}/pots', { ...brew, caller: undefined }))).toBe(
      '401 NOT_SIGNED_IN',
    );
    expect(problemOf(await send(handler, 'DELETE /teas'))).toBe('401 NOT_SIGNED_IN');
  });

  test('only members of the group admin pass for admins', async () => {
    expect(problemOf(await send(handler, 'DELETE /teas', { caller: ALICE }))).toBe('403 NOT_PERMITTED');
    // A name may hold any punctuation: none of these is two groups.
    const nearly = { sub: 'eve', groups: ['administrators', 'not-admin', 'ADMIN', 'staff,admin', 'admin,', '[admin]'] };
    expect(problemOf(await send(handler, 'DELETE /teas', { caller: nearly }))).toBe('403 NOT_PERMITTED');
    expect((await send(handler, 'DELETE /teas', { caller: ADMIN })).status).toBe(204);
    expect((await send(handler, 'DELETE /teas', { caller: { sub: 'b', groups: ['x', 'admin'] } })).status).toBe(204);
  });

  test.each([
    ['an id token', { sub: 'alice', token_use: 'id', aud: 'client-1' }],
    ['a token of unknown use', { sub: 'alice' }],
    ['no subject', { token_use: 'access' }],
    ['a subject with our key separator', { sub: 'alice#BASKET', token_use: 'access' }],
    ['a subject that is no text', { sub: ['alice'], token_use: 'access' }],
  ])('%s is no permission to call', async (_what, claims) => {
    const event = anHttpEvent('POST /teas/{tea}/pots', brew);
    const requestContext = { ...event.requestContext, authorizer: { jwt: { claims } } };
    expect(problemOf(answerOf(await handler({ ...event, requestContext }, aLambdaContext())))).toBe(
      '401 NOT_SIGNED_IN',
    );
  });

  test('nothing but the authorizer says who calls', async () => {
    const headers = { 'x-user': 'root', 'cognito:groups': '[admin]', authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' };
    expect(problemOf(await send(handler, 'DELETE /teas', { headers }))).toBe('401 NOT_SIGNED_IN');
    expect(logged()).not.toContain('eyJ');
  });
});

describe('what breaks', () => {
  test('an error of ours leaves as a bare 500 and is logged with the request id', async () => {
    work.mockRejectedValue(new Error('table teas-prod-4711 is on fire'));
    const answer = await send(handler, 'GET /teas');
    expect(problemOf(answer)).toBe('500 INTERNAL_ERROR');
    expect(JSON.stringify(answer)).not.toContain('4711');
    expect(logged()).toContain('4711');
    expect(logged()).toContain('request-1');
  });

  test.each([new StoreUnavailable('down'), new TransactionConflict('contended')])(
    'a busy store ($name) is a 503 that says when to come again',
    async (error) => {
      work.mockRejectedValue(error);
      const answer = await send(handler, 'GET /teas');
      expect(problemOf(answer)).toBe('503 STORE_BUSY');
      expect(answer.headers['retry-after']).toBe('1');
    },
  );

  test('a problem keeps its facts', async () => {
    work.mockRejectedValue(new ProblemError('PRICE_CHANGED', { detail: 'It did', facts: { totalMinor: 5 } }));
    const { body } = await send(handler, 'GET /teas');
    expect(body).toEqual({
      type: 'urn:shop:problem:PRICE_CHANGED',
      title: 'The total is not the one that you accepted',
      status: 409,
      detail: 'It did',
      code: 'PRICE_CHANGED',
      requestId: 'request-1',
      totalMinor: 5,
    });
  });

  test('a route that is not ours is a problem too', async () => {
    expect(problemOf(await send(handler, 'PUT /teas'))).toBe('404 ROUTE_NOT_FOUND');
    expect(problemOf(await send(handler, 'GET /coffees'))).toBe('404 ROUTE_NOT_FOUND');
  });
});

describe('requests that libraries choke on', () => {
  test.each([
    ['a header that no header can be', { headers: { 'x-cup': 'a\r\nb' } }, 201],
    ['a foreign host', { headers: { host: 'not a host' } }, 201],
    ['a path variable like a path', { params: { tea: '../../admin' } }, 201],
    ['a path variable like a URL', { params: { tea: 'a#b?c' } }, 201],
  ] as [string, RequestTraits, number][])('%s does no harm', async (_what, change, status) => {
    expect((await send(handler, 'POST /teas/{tea}/pots', { ...brew, ...change })).status).toBe(status);
    expect(work).toHaveBeenCalledWith(expect.objectContaining({ params: change.params ?? brew.params }));
  });

  test('a GET with a body is answered', async () => {
    expect((await send(handler, 'GET /teas', { body: { any: 'thing' } })).status).toBe(200);
  });

  test.each([
    ['JSON in base64', Buffer.from('{"minutes":3}').toString('base64'), 201],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe]).toString('base64'), 400],
    ['a NUL byte', Buffer.from([0]).toString('base64'), 400],
  ])('%s is read for what it is', async (_what, body, status) => {
    const event = { ...anHttpEvent('POST /teas/{tea}/pots', { ...brew, body }), isBase64Encoded: true };
    expect(answerOf(await handler(event, aLambdaContext())).status).toBe(status);
  });

  test('a card number in the path or in a header that we read is refused, and nothing of it is logged', async () => {
    const card = '4242424242424242';
    for (const change of [{ params: { tea: card } }, { query: { sugar: card } }, { headers: { 'x-cup': card } }]) {
      expect(problemOf(await send(handler, 'POST /teas/{tea}/pots', { ...brew, ...change }))).toBe(
        '400 CARD_NUMBER_REFUSED',
      );
    }
    expect(logged()).not.toContain(card);
  });
});
