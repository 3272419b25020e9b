import type { SeededRandom } from '../torture/seeded-random.ts';
import type { WireRequest } from './wire-request.ts';

type Mutation = (request: WireRequest, random: SeededRandom) => WireRequest;

/** A request that may be anything: what one or several mutations make of a valid one. */
export function mutated(valid: WireRequest, random: SeededRandom): WireRequest {
  let request = valid;
  for (let left = random.between(1, 3); left > 0; left -= 1) request = random.oneOf(MUTATIONS)(request, random);
  return request;
}

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  '\u202e',
  '🍵'.repeat(50),
  'é',
  '\ud800',
  '../..',
  '%00',
  '%zz',
  '${x}',
  '{% $x %}',
  'x'.repeat(5000),
];
const ODD_VALUES: readonly unknown[] = [
  ...ODD_TEXTS,
  null,
  true,
  0,
  -1,
  0.1,
  1e21,
  -1e308,
  2 ** 53,
  [],
  {},
  [[]],
  [null],
  { __proto__: null, toString: 1 },
  { constructor: { prototype: {} } },
  nested(1000),
];
const ODD_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST', 'TRACE', 'PROPFIND', 'FETCH', 'get'];
const ODD_TYPES = [
  '',
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'x'.repeat(300),
];
const ODD_HEADERS = [
  'authorization',
  'content-type',
  'x-amz-target',
  'idempotency-key',
  'if-match',
  'x-amz-date',
  'accept',
];

const MUTATIONS: readonly Mutation[] = [
  flipBytes,
  changeMember,
  changeMember,
  changeMember,
  dropMember,
  addMember,
  (request, random) => ({ ...request, sentBytes: random.between(0, Math.max(0, request.body.length - 1)) }),
  (request, random) => ({ ...request, body: request.body.subarray(0, random.between(0, request.body.length)) }),
  (request, random) => ({ ...request, method: random.oneOf(ODD_METHODS) }),
  (request, random) => ({ ...request, path: `${request.path}/${'a'.repeat(random.between(1, 12_000))}` }),
  (request, random) => ({
    ...request,
    path: `${request.path}${encodeURIComponent(random.oneOf(ODD_TEXTS).toWellFormed())}`,
  }),
  (request, random) => ({
    ...request,
    path: `${request.path}?${random.oneOf(['limit', 'cursor', 'x', '%', '&&'])}=%F0%28`,
  }),
  (request, random) => header(request, 'content-type', random.oneOf(ODD_TYPES)),
  (request) => ({ ...request, headers: [...request.headers, ...request.headers] }),
  (request, random) => header(request, random.oneOf(ODD_HEADERS), 'é'.repeat(random.between(0, 40))),
  (request) => ({ ...request, headers: [...request.headers, ['transfer-encoding', 'chunked']] }),
  (request) => ({ ...request, headers: [...request.headers, ['content-encoding', 'gzip']] }),
  (request) => ({ ...request, body: Buffer.from('['.repeat(20_000) + ']'.repeat(20_000)) }),
  (request) => ({ ...request, body: Buffer.concat([Buffer.from('\ufeff'), request.body]) }),
];

function flipBytes(request: WireRequest, random: SeededRandom): WireRequest {
  const body = Buffer.from(request.body);
  for (let left = Math.min(body.length, random.between(1, 8)); left > 0; left -= 1) {
    body[random.between(0, body.length - 1)] = random.between(0, 255);
  }
  return { ...request, body };
}

function changeMember(request: WireRequest, random: SeededRandom): WireRequest {
  return withMember(request, random, (owner, key) => (owner[key] = structuredClone(random.oneOf(ODD_VALUES))));
}

function dropMember(request: WireRequest, random: SeededRandom): WireRequest {
  return withMember(request, random, (owner, key) => delete owner[key]);
}

function addMember(request: WireRequest, random: SeededRandom): WireRequest {
  return withMember(
    request,
    random,
    (owner) => (owner[random.oneOf(ODD_TEXTS)] = structuredClone(random.oneOf(ODD_VALUES))),
  );
}

/** Changes something at any depth of a JSON body; other bodies stay. */
function withMember(
  request: WireRequest,
  random: SeededRandom,
  change: (owner: Record<string, unknown>, key: string) => unknown,
): WireRequest {
  const value = parsed(request.body);
  const owners = ownersIn(value);
  if (owners.length === 0) return request;
  const owner = random.oneOf(owners);
  change(owner, random.oneOf([...Object.keys(owner), 'x']));
  return { ...request, body: Buffer.from(JSON.stringify(value)) };
}

function ownersIn(value: unknown, depth = 0): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null || depth > 20) return [];
  const owner = value as Record<string, unknown>;
  return [owner, ...Object.values(owner).flatMap((member) => ownersIn(member, depth + 1))];
}

function parsed(body: Buffer): unknown {
  // Nested deeper than it could be written again.
  if (body.toString('latin1', 0, 4) === '[[[[') return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    // An earlier mutation made it no JSON: there are no members to change.
    return undefined;
  }
}

function header(request: WireRequest, name: string, value: string): WireRequest {
  return { ...request, headers: [...request.headers.filter(([known]) => known !== name), [name, value]] };
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
