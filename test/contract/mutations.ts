import fc from 'fast-check';
import type { ApiDocument, Operation } from './api-document.ts';
import type { ContractRequest } from './contract-request.ts';

/** What can be wrong with a request. `refused`: whatever the document says of the field, it must not be a success. */
interface Mutated {
  readonly request: ContractRequest;
  readonly refused?: boolean;
}

type Mutation = (request: ContractRequest, operation: Operation, at: number) => Mutated | undefined;

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  '',
  ' ',
  '\u200b',
  'a\u0000b',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  '0',
  'ZZZ',
];
const ODD_TEXTS = ['..', 'a b', 'é', '#', '%00', '\u202e', 'x'.repeat(300), '-1', '0', '1e3', 'null', 'a,b', '"', '*'];
const CARD = '4242 4242 4242 4242';

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  fieldLeftOut: onBody((body, name) => Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))),
  fieldOdd: onBody((body, name, at) => ({ ...body, [name]: ODD_VALUES[at % ODD_VALUES.length] })),
  fieldUnknown: onBody((body) => ({ ...body, isAdmin: true }), true),
  fieldWithCard: onBody((body, name) => ({ ...body, [name]: CARD }), true),
  bodyMalformed: ({ body, ...request }, _operation, at) =>
    body === undefined
      ? undefined
      : { request: { ...request, body: ['{', '', '[1]', 'null', '"x"', '{"a":1,"a":2}'][at % 6] }, refused: true },
  bodyOfAnotherType: (request) =>
    request.body === undefined
      ? undefined
      : { request: { ...request, header: { ...request.header, 'content-type': 'text/plain' } }, refused: true },
  bodyWhereNoneIsRead: (request, { body, method }) =>
    body !== undefined || method === 'GET'
      ? undefined
      : { request: { ...request, body: { all: false } }, refused: true },
  pathOdd: (request, { parameters }, at) => onParameter(request, parameters, 'path', at),
  queryOdd: (request, { parameters }, at) => onParameter(request, parameters, 'query', at),
  headerOdd: (request, { parameters }, at) => onParameter(request, parameters, 'header', at),
  queryUnknown: (request) => ({ request: { ...request, query: { ...request.query, dryRun: 'true' } }, refused: true }),
  queryTwice: (request) =>
    Object.keys(request.query).length === 0
      ? undefined
      : { request: { ...request, rawQuery: `&${Object.keys(request.query)[0]}=1` }, refused: true },
  conditionUnread: (request) => ({
    request: { ...request, header: { ...request.header, 'if-unmodified-since': 'Thu, 15 Jan 2026 08:00:00 GMT' } },
    // Beside If-Match it means nothing (RFC 9110, section 13.2.2).
    refused: request.header['if-match'] === undefined,
  }),
};

/** One thing that is wrong, at a place that shrinks to the first. */
export const wrong = fc.record({ kind: fc.constantFrom(...Object.keys(MUTATIONS)), at: fc.nat(200) });

/** The request with one thing wrong in it; as it was, where the kind does not apply to it. */
export function mutated(request: ContractRequest, operation: Operation, { kind, at }: { kind: string; at: number }) {
  return MUTATIONS[kind]?.(request, operation, at) ?? { request };
}

/** What of the request the document does not allow. */
export function faultOf(document: ApiDocument, operation: Operation, request: ContractRequest): string | undefined {
  for (const { in: part, name, required = false, schema } of operation.parameters) {
    const value = request[part][name];
    if (value === undefined && !required) continue;
    const isNumber = schema['type'] === 'integer' && /^\d+$/.test(String(value));
    const fault = value === undefined ? 'is missing' : document.faultOf(schema, isNumber ? Number(value) : value);
    if (fault !== undefined) return `${part} ${name} ${fault}`;
  }
  return operation.body && document.faultOf(operation.body, request.body);
}

function onBody(
  change: (body: Readonly<Record<string, unknown>>, name: string, at: number) => unknown,
  refused = false,
): Mutation {
  return (request, _operation, at) => {
    const body = request.body as Readonly<Record<string, unknown>> | undefined;
    const names = Object.keys(body ?? {});
    if (body === undefined || names.length === 0) return undefined;
    return { request: { ...request, body: change(body, names[at % names.length] ?? '', at) }, refused };
  };
}

function onParameter(
  request: ContractRequest,
  parameters: Operation['parameters'],
  part: 'path' | 'query' | 'header',
  at: number,
): Mutated | undefined {
  const names = parameters.filter((parameter) => parameter.in === part).map(({ name }) => name);
  const name = names[at % names.length];
  if (name === undefined) return undefined;
  return { request: { ...request, [part]: { ...request[part], [name]: ODD_TEXTS[at % ODD_TEXTS.length] } } };
}
