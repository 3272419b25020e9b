import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { PROBLEMS, type ProblemCode } from '../functions/platform/http/problem-codes.ts';
import { ProblemDocument } from '../functions/platform/http/problem.ts';
import { needsToken, type AnswerHeader, type Route } from '../functions/platform/http/route.ts';

/** What may go wrong with a request of any route, and of one that has the part. */
const PROBLEMS_OF_PART = {
  any: ['VALIDATION_FAILED', 'CARD_NUMBER_REFUSED', 'CONDITION_UNSUPPORTED', 'INTERNAL_ERROR', 'STORE_BUSY'],
  body: ['BODY_MALFORMED', 'BODY_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'],
} as const satisfies Readonly<Record<string, readonly ProblemCode[]>>;

/** The description of the HTTP API, made from the same schemas that the functions check requests with. */
export function openApiDocument() {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [service, routes] of Object.entries(SHOP_ROUTES)) {
    for (const [operationId, route] of Object.entries<Route>(routes)) {
      const methods = (paths[route.path] ??= {});
      methods[route.method.toLowerCase()] = operationOf(service, operationId, route);
    }
  }
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Shop',
      version: '1.0.0',
      description:
        'Buy, pay and follow orders. You see and change only what is yours: the access token says who you are. ' +
        'Amounts are integers in minor units of an ISO 4217 currency, so 3900 EUR means EUR 39.00. ' +
        'An error is a problem document (RFC 9457) with a stable `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: Object.keys(SHOP_ROUTES).map((name) => ({ name })),
    paths: paths as ZodOpenApiPathsObject,
    components: {
      schemas: { Problem: ProblemDocument },
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the shop’s user pool. Admins are in its group `admin`.',
        },
      },
    },
  });
}

function operationOf(tag: string, operationId: string, route: Route): ZodOpenApiOperationObject {
  const { params: path, query, headers: header, body } = route;
  return {
    operationId,
    tags: [tag],
    summary: route.summary,
    description: [route.details, WHO[route.access]].filter(Boolean).join(' '),
    security: needsToken(route) ? [{ accessToken: [] }] : [],
    requestParams: { ...(path && { path }), ...(query && { query }), ...(header && { header }) },
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: { ...successOf(route), ...notModified(route), ...problemsOf(route), default: GATEWAY_ANSWER },
  };
}

const WHO = {
  anyone: 'No sign-in needed.',
  customer: 'For signed-in customers.',
  ownerOrAdmin: 'For the customer who owns the order, and for admins. Everybody else gets 404.',
  admin: 'For admins.',
  provider: 'For the payment provider, which signs its requests.',
} as const satisfies Record<Route['access'], string>;

const ANSWER_HEADERS = {
  etag: { description: 'The version, to be sent in If-Match or If-None-Match', example: '"3"' },
  location: {
    description: 'Where what was made is to be found, relative to this API',
    example: '/products/TEAPOT-BLUE',
  },
} as const satisfies Record<AnswerHeader, object>;

/** What API Gateway says in the place of the shop, in its own words. */
const GatewayMessage = z.looseObject({ message: z.string() }).meta({ id: 'GatewayMessage' });

const GATEWAY_ANSWER = {
  description:
    'API Gateway answers itself, and the shop has seen nothing of the request: a path or method that does not exist, ' +
    'a request that is too large or too slow, or too many requests (429, 503; try again later).',
  content: { 'application/json': { schema: GatewayMessage } },
};

function successOf({ success: { status, description, body, headers } }: Route) {
  const content = body && { 'application/json': { schema: body } };
  return {
    [String(status)]: {
      description,
      ...(headers && { headers: answerHeaders(headers) }),
      ...(content && { content }),
    },
  };
}

function answerHeaders(names: readonly AnswerHeader[]) {
  return Object.fromEntries(
    names.map((name) => [name, { ...ANSWER_HEADERS[name], required: true, schema: { type: 'string' as const } }]),
  );
}

function notModified({ headers }: Route) {
  if (!(headers && 'if-none-match' in headers.shape)) return {};
  return {
    304: { description: 'You have the current version: your If-None-Match names it', headers: answerHeaders(['etag']) },
  };
}

function problemsOf(route: Route) {
  const byStatus = Object.groupBy(problemCodesOf(route), (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n'),
        ...(codes.some((code) => RETRY_LATER.has(code)) && { headers: RETRY_AFTER }),
        content: {
          'application/problem+json': { schema: problemSchema(route, codes) },
          // API Gateway looks at the token first.
          ...(status === '401' && needsToken(route) && { 'application/json': { schema: GatewayMessage } }),
        },
      },
    ]),
  );
}

/** Problems that pass. */
const RETRY_LATER: ReadonlySet<ProblemCode> = new Set(['STORE_BUSY', 'PROVIDER_BUSY', 'WORKFLOW_BUSY']);

const RETRY_AFTER = {
  'retry-after': {
    description: 'Seconds after which to try again. Absent when nobody can say',
    schema: { type: 'integer' as const },
  },
};

/** A problem with one of these codes, and with what that code says besides. */
function problemSchema({ problemFacts = {} }: Route, codes: readonly ProblemCode[]) {
  const plain = codes.filter((code) => problemFacts[code] === undefined);
  const telling = codes.filter((code) => problemFacts[code] !== undefined);
  const schemas = [
    ...(plain.length > 0 ? [problemOf(plain)] : []),
    ...telling.map((code) => problemOf([code], problemFacts[code])),
  ];
  return schemas.length === 1 ? schemas[0] : { oneOf: schemas };
}

function problemOf(codes: readonly ProblemCode[], facts: z.ZodRawShape = {}) {
  const { properties, required } = z.toJSONSchema(z.object(facts), { target: 'draft-2020-12', io: 'output' });
  return {
    allOf: [{ $ref: '#/components/schemas/Problem' }],
    properties: { code: { enum: [...codes] }, ...properties },
    ...(required && { required }),
    unevaluatedProperties: false,
  };
}

/** Every code that the route may answer with, in the order of their statuses. */
export function problemCodesOf(route: Route): ProblemCode[] {
  // Its function reads the raw body, and what it cannot foresee API Gateway tells as a 500 of its own.
  if (route.access === 'provider') return byStatus(['BODY_TOO_LARGE', ...(route.problems ?? [])]);
  const codes = new Set<ProblemCode>([
    ...PROBLEMS_OF_PART.any,
    ...(route.body ? PROBLEMS_OF_PART.body : []),
    ...(needsToken(route) ? (['NOT_SIGNED_IN'] as const) : []),
    ...(route.access === 'admin' ? (['NOT_PERMITTED'] as const) : []),
    ...(route.access === 'admin' || route.access === 'ownerOrAdmin' ? (['ROW_UNREADABLE'] as const) : []),
    ...(route.problems ?? []),
  ]);
  return byStatus([...codes]);
}

function byStatus(codes: readonly ProblemCode[]): ProblemCode[] {
  return codes.toSorted((a, b) => PROBLEMS[a].status - PROBLEMS[b].status);
}
