import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { System } from '../../cli/system.ts';
import {
  AUTHORIZATION,
  CELLS,
  leaksToOthers,
  PROVIDER_EVENT,
  shapeFaults,
  type Actor,
} from '../authorization-table.ts';
import { playOperation, quickOperationNames } from '../contract/play-operation.ts';
import { Scenes } from '../contract/scenes.ts';
import type { TestAnswer } from '../testing/http-events.ts';
import { providerSignature } from '../testing/provider-signature.ts';
import { sendOverHttp, type RealRequest } from '../testing/real-http.ts';
import { tokensOf } from '../testing/signed-in-users.ts';
import { startTestSystem } from '../testing/started-system.ts';

/** The authorisation table over the real HTTP API: with its authorizer, real tokens and real signatures. */

let system: System;
let apiUrl: string;
let scenes: Scenes;
let traitsOf: Readonly<Record<Actor, RealRequest>>;

beforeAll(async () => {
  system = await startTestSystem();
  apiUrl = system.deployment.output('HttpApiUrl');
  scenes = await Scenes.of(system);
  const [owner, other, root] = await Promise.all(
    (['alice', 'bob', 'admin'] as const).map(async (name) => (await tokensOf(system, name)).accessToken),
  );
  traitsOf = {
    anonymous: {},
    owner: { token: owner },
    other: { token: other },
    admin: { token: root },
    provider: { headers: { 'stripe-signature': providerSignature(PROVIDER_EVENT) } },
  };
});
afterAll(() => system.stop());

describe.each(CELLS)('$routeKey', ({ routeKey, route, actor }) => {
  const row = AUTHORIZATION[routeKey];

  test(`answers ${actor} with ${row?.expected[actor]}`, async () => {
    const leavesScene = routeKey.startsWith('GET ') || (row?.expected[actor] ?? 0) >= 400;
    const facts = await (leavesScene ? scenes.shared(row?.scene) : scenes.prepared(row?.scene));
    const request = row?.request?.(facts);
    const headers = { ...request?.headers, ...traitsOf[actor].headers };
    const answer = await sendOverHttp(apiUrl, routeKey, { ...request, ...traitsOf[actor], headers });
    expect(answer.status).toBe(row?.expected[actor]);
    expect(isOfTheAuthorizer(answer, routeKey) ? [] : shapeFaults(route, answer.status, answer.body)).toEqual([]);
    expect(actor === 'other' && leaksToOthers(route, facts, answer.body)).toBe(false);
  });
});

/** API Gateway's own words: an HTTP API cannot be told to answer with a problem document. */
function isOfTheAuthorizer({ status, headers, body }: TestAnswer, routeKey: string): boolean {
  const isPlainRefusal = body?.message === 'Unauthorized' && headers['www-authenticate'] === 'Bearer';
  return status === 401 && routeKey !== 'POST /webhooks/payments' && isPlainRefusal;
}

/** Few requests of a fixed seed to the quick routes; `npm run campaigns -- contract` sends many of any to all. */
describe('the contract', () => {
  test.each(quickOperationNames())('of %s holds for requests that are right and wrong', async (operationId) => {
    const tokens = { customer: traitsOf.owner.token, admin: traitsOf.admin.token };
    const played = await playOperation(operationId, { apiUrl, scenes, tokens, seed: 13, runs: 5 });
    expect(played.failure).toBeUndefined();
    expect(played.accepted).toBeGreaterThan(0);
  });
});
