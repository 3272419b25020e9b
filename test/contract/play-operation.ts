import fc from 'fast-check';
import { AUTHORIZATION } from '../authorization-table.ts';
import { PRODUCT } from '../testing/bad-requests.ts';
import type { TestAnswer } from '../testing/http-events.ts';
import { providerSignature } from '../testing/provider-signature.ts';
import { sendRaw, type RawRequest } from '../testing/real-http.ts';
import { answerFault } from './answer-faults.ts';
import { ApiDocument, type Operation } from './api-document.ts';
import { filledIn, validRequests, type ContractRequest, type Facts } from './contract-request.ts';
import { faultOf, mutated, wrong } from './mutations.ts';
import type { Scenes } from './scenes.ts';

export interface ContractPlay {
  readonly apiUrl: string;
  readonly scenes: Scenes;
  readonly tokens: Readonly<Record<'customer' | 'admin', string | undefined>>;
  readonly seed: number;
  /** How many requests. */
  readonly runs: number;
}

export interface Played {
  /** Requests that were right, and accepted. */
  readonly accepted: number;
  readonly refused: number;
  /** The smallest request found whose answer is not as the document says, why, and how to send it again. */
  readonly failure?: string;
}

const document = new ApiDocument();

export function operationNames(): string[] {
  return document.operations.map(({ operationId }) => operationId);
}

/** Whose requests need no order or person of their own: they take no time to prepare. */
export function quickOperationNames(): string[] {
  const isQuick = ({ method, path }: Operation): boolean =>
    method === 'GET' || !/\{orderId\}|\/checkout$|\/erasure$/.test(path);
  return document.operations.filter(isQuick).map(({ operationId }) => operationId);
}

/**
 * Sends requests of one route: those that the document allows must succeed, those that it does not must be refused, and
 * every answer must be one that it describes.
 */
export async function playOperation(operationId: string, play: ContractPlay): Promise<Played> {
  const operation = document.operations.find((candidate) => candidate.operationId === operationId);
  if (operation === undefined) throw new Error(`The document has no operation ${operationId}`);
  const counts = { accepted: 0, refused: 0 };
  const cases = fc.record({ request: validRequests(document, operation), fault: fc.option(wrong, { freq: 2 }) });
  const property = fc.asyncProperty(cases, async ({ request, fault }) => {
    const { accepted } = await playRequest(operation, request, fault, play);
    counts[accepted ? 'accepted' : 'refused'] += 1;
  });
  const outcome = await fc.check(property, { seed: play.seed, numRuns: play.runs });
  if (!outcome.failed) return counts;
  const error = outcome.errorInstance;
  return {
    ...counts,
    failure: `${operation.routeKey}, seed ${play.seed}: ${error instanceof Error ? error.message : String(error)}`,
  };
}

async function playRequest(
  operation: Operation,
  generated: ContractRequest,
  fault: { kind: string; at: number } | null,
  play: ContractPlay,
): Promise<{ accepted: boolean }> {
  const isOwn = operation.path.startsWith('/basket') || operation.routeKey === 'GET /orders';
  const sender = isOwn && generated.sender === 'admin' ? 'customer' : generated.sender;
  const isAdmitted = !operation.needsToken || sender === 'admin' || (sender === 'customer' && !operation.isForAdmins);
  const willSucceed = fault === null && isAdmitted;
  // An erasure takes its customer away: each has one of its own.
  const person = operation.path.endsWith('/erasure') ? await play.scenes.aPerson() : undefined;
  const facts = {
    ...(await factsFor(operation, willSucceed, play.scenes)),
    customerId: person?.customerId ?? 'alice',
  };
  const own = person && !operation.isForAdmins && { customer: person.accessToken, admin: person.accessToken };
  const valid = filledIn({ ...generated, sender, query: oneListing(generated.query, facts) }, facts);
  const { request, refused = false } = fault === null ? { request: valid } : mutated(valid, operation, fault);
  const written = onTheWire(operation, request, own || play.tokens);
  const answer = await sendRaw(play.apiUrl, written, written.body);
  const isInvalid = (refused && !operation.isForProvider) || faultOf(document, operation, request) !== undefined;
  const unexpected =
    answerFault(document, operation, answer) ??
    (isAdmitted ? undefined : refusalFault(sender === 'anonymous' ? 401 : 403, answer)) ??
    (isAdmitted && isInvalid && answer.status < 400 ? 'a request that is not valid was accepted' : undefined) ??
    (willSucceed && request === valid && answer.status >= 400 ? 'a valid request was refused' : undefined);
  if (unexpected !== undefined) throw new Error(`${unexpected}\n${toldAs(written, play.apiUrl, fault, answer)}`);
  return { accepted: answer.status < 400 };
}

function refusalFault(expected: number, { status }: TestAnswer): string | undefined {
  return status === expected ? undefined : `expected ${expected}`;
}

/** What the request finds: something of its own where it will change it. */
async function factsFor({ routeKey, method }: Operation, changes: boolean, scenes: Scenes): Promise<Facts> {
  const scene = routeKey === 'POST /orders/{orderId}/payment' ? 'declinedOrder' : AUTHORIZATION[routeKey]?.scene;
  const found = await (changes && method !== 'GET' ? scenes.prepared(scene) : scenes.shared(scene));
  if (routeKey === 'PUT /inventory/{sku}') await scenes.counted(found.sku);
  const version = routeKey.includes(' /basket') ? await scenes.basketVersion() : 1;
  const cursor = await scenes.cursorOf(routeKey);
  return {
    ...found,
    version,
    // Placed and confirmed; a parcel made the next one.
    orderVersion: scene === 'shippedOrder' ? 3 : 2,
    etag: `"${version}"`,
    total: PRODUCT.priceMinor,
    ...(cursor !== undefined && { cursor }),
  };
}

/** A cursor belongs to the listing that it came from, and a listing that ends with its first page has none. */
function oneListing(query: ContractRequest['query'], facts: Facts): ContractRequest['query'] {
  const { cursor, limit, ...filters } = query;
  if (cursor === undefined || facts['cursor'] === undefined)
    return { ...filters, ...(limit !== undefined && { limit }) };
  return { cursor, ...(limit !== undefined && { limit }) };
}

interface WrittenRequest extends RawRequest {
  readonly body?: string;
}

function onTheWire(operation: Operation, request: ContractRequest, tokens: ContractPlay['tokens']): WrittenRequest {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_label, name: string) =>
    encodeURIComponent(String(request.path[name])),
  );
  const query = new URLSearchParams(
    Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, String(value)])),
  );
  const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
  const token = request.sender === 'anonymous' ? undefined : tokens[request.sender];
  const signature =
    text !== undefined && request.header['stripe-signature'] === '$signature' && providerSignature(text);
  const headers = {
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...Object.fromEntries(Object.entries(request.header).map(([name, value]) => [name, latin1(String(value))])),
    ...(signature && { 'stripe-signature': signature }),
  };
  const search = query.size > 0 ? `?${query.toString()}${request.rawQuery ?? ''}` : '';
  return { method: operation.method, path: path + search, headers, ...(text !== undefined && { body: text }) };
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function toldAs(
  { method, path, headers = {}, body }: WrittenRequest,
  apiUrl: string,
  fault: { kind: string } | null,
  answer: TestAnswer,
): string {
  const options = Object.entries(headers)
    .filter(([name]) => name !== 'content-length')
    .map(([name, value]) => `-H '${name}: ${name === 'authorization' ? 'Bearer …' : value}'`);
  const data = body === undefined ? [] : [`--data-raw '${body.replaceAll("'", String.raw`'\''`)}'`];
  const command = ['curl', '-X', method, ...options, ...data, `'${apiUrl.replace(/\/$/, '')}${path}'`].join(' ');
  return `${command}\n(${fault?.kind ?? 'nothing wrong with it'}) was answered ${answer.status} ${JSON.stringify(answer.body)}`;
}
