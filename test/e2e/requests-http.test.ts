import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEMO_USERS } from '../../cli/demo-users.ts';
import type { System } from '../../cli/system.ts';
import { filledIn, parseHttpFile, type FileRequest } from '../support/http-file.ts';
import { tokensOf } from '../support/signed-in-users.ts';
import { startTestSystem } from '../support/started-system.ts';

/** The story of `requests.http`, told to the whole system over HTTP: what is written there for people comes true. */

const { variables, requests } = parseHttpFile(readFileSync('requests.http', 'utf8'));
const PATIENCE_MS = 20_000;

let system: System;
const values = new Map(Object.entries(variables));

beforeAll(async () => {
  system = await startTestSystem();
  values.set('api', system.deployment.output('HttpApiUrl').replace(/\/$/, ''));
  values.set('aws', system.runtime.endpointUrl.replace(/\/$/, ''));
  for (const { username } of DEMO_USERS) values.set(username, (await tokensOf(system, username)).accessToken);
});
afterAll(() => system.stop());

const fill = (text: string) => filledIn(text, (name) => values.get(name));

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

describe('the story', () => {
  test.each(requests)('$title', async (request) => {
    const answer = await sentUntilExpected(request);
    expect({ status: answer.status, ...seen(answer, request) }).toEqual({ status: request.status, ...request.fields });
    for (const [field, value] of Object.entries(answer.body)) {
      if (request.name !== undefined) values.set(`${request.name}.response.body.${field}`, String(value));
    }
  });
});

/** What happens after an answer is seen by looking again; only what changes nothing is sent again. */
async function sentUntilExpected(request: FileRequest): Promise<Answer> {
  const startedAtMs = performance.now();
  for (;;) {
    const answer = await sent(request);
    const isAsExpected = JSON.stringify(seen(answer, request)) === JSON.stringify(request.fields);
    if (isAsExpected || request.method !== 'GET' || performance.now() - startedAtMs > PATIENCE_MS) return answer;
    await delay(50);
  }
}

async function sent({ method, url, headers, body }: FileRequest): Promise<Answer> {
  const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
  const response = await fetch(fill(url), {
    method,
    redirect: 'manual',
    headers: filled,
    ...(body !== undefined && { body: fill(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson && text !== '' ? (JSON.parse(text) as Answer['body']) : {} };
}

/** The fields that the request expects something of, as they are. */
function seen({ body }: Answer, { fields }: FileRequest): Record<string, string> {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, String(body[field])]));
}
