import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { SHOP_ROUTES } from '../functions/shop-routes.ts';
import { PROBLEMS, type ProblemCode } from '../functions/platform/http/problem-codes.ts';
import { ProblemDocument } from '../functions/platform/http/problem.ts';
import { needsToken, type Route } from '../functions/platform/http/route.ts';

/** What may go wrong with a request of any route that has the part. */
const PROBLEMS_OF_PART = {
  checked: ['VALIDATION_FAILED', 'CARD_NUMBER_REFUSED'],
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
    responses: { ...successOf(route), ...problemsOf(route) },
  };
}

const WHO = {
  anyone: 'No sign-in needed.',
  customer: 'For signed-in customers.',
  ownerOrAdmin: 'For the customer who owns the order, and for admins. Everybody else gets 404.',
  admin: 'For admins.',
  provider: 'For the payment provider, which signs its requests.',
} as const satisfies Record<Route['access'], string>;

function successOf({ success: { status, description, body } }: Route) {
  const content = body && { 'application/json': { schema: body } };
  return { [String(status)]: { description, ...(content && { content }) } };
}

function problemsOf(route: Route) {
  const byStatus = Object.groupBy(problemCodesOf(route), (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n'),
        content: { 'application/problem+json': { schema: ProblemDocument } },
      },
    ]),
  );
}

/** Every code that the route may answer with, in the order of their statuses. */
export function problemCodesOf(route: Route): ProblemCode[] {
  const isChecked = [route.params, route.query, route.headers, route.body].some((part) => part instanceof z.ZodType);
  const codes = new Set<ProblemCode>([
    ...(isChecked ? PROBLEMS_OF_PART.checked : []),
    ...(route.body ? PROBLEMS_OF_PART.body : []),
    ...(needsToken(route) ? (['NOT_SIGNED_IN'] as const) : []),
    ...(route.access === 'admin' ? (['NOT_PERMITTED'] as const) : []),
    ...(route.problems ?? []),
    'INTERNAL_ERROR',
    'STORE_BUSY',
  ]);
  return [...codes].toSorted((a, b) => PROBLEMS[a].status - PROBLEMS[b].status);
}
