import { Router } from '@aws-lambda-powertools/event-handler/http';
import type { Context } from 'aws-lambda';
import { isErrorNamed } from '../errors.ts';
import { logger } from '../logger.ts';
import type { HttpEvent } from './http-event.ts';
import { problemAnswer, ProblemError, type HttpAnswer } from './problem.ts';
import { checkedRequest } from './request.ts';
import type { Answer, HandlersOf, RequestOf, Route, RouteTable } from './route.ts';

export type HttpHandler = (event: HttpEvent, context: Context) => Promise<unknown>;

/**
 * The Lambda handler of a service: each request is checked against its route, answered by the operation of the same
 * name, and every error leaves as a problem document. Not one byte of an error of ours gets out, only its request id.
 */
export function serve<const Routes extends RouteTable>(routes: Routes, handlers: HandlersOf<Routes>): HttpHandler {
  const router = new Router({ logger });
  for (const [name, route] of Object.entries(routes)) {
    const handle = handlers[name] as (request: RequestOf<Route>) => Promise<Answer>;
    router.route(async ({ event }) => ({ ...(await answerTo(route, handle, receivedBy(event))) }), {
      method: route.method,
      path: routerPathOf(route.path),
    });
  }
  router.notFound(async (_error, { event }) => ({
    ...problemAnswer('ROUTE_NOT_FOUND', receivedBy(event).requestContext.requestId),
  }));
  return (event, context) => router.resolve(routed(event), context);
}

async function answerTo(
  route: Route,
  handle: (request: RequestOf<Route>) => Promise<Answer>,
  event: HttpEvent,
): Promise<HttpAnswer> {
  try {
    const { body, headers } = await handle(checkedRequest(route, event));
    return {
      statusCode: route.success.status,
      headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
  } catch (error) {
    return failure(error, event);
  }
}

function failure(error: unknown, { requestContext: { requestId }, routeKey }: HttpEvent): HttpAnswer {
  if (error instanceof ProblemError) return problemAnswer(error.code, requestId, error.extras);
  if (isErrorNamed(error, 'TransactionConflict', 'StoreUnavailable')) {
    logger.warn('Request given up on a busy store', { requestId, routeKey, errorName: error.name });
    return problemAnswer('STORE_BUSY', requestId, { headers: { 'retry-after': '1' } });
  }
  logger.error('Request failed', { requestId, routeKey, error: error as Error });
  return problemAnswer('INTERNAL_ERROR', requestId);
}

interface RoutedEvent extends HttpEvent {
  readonly received: HttpEvent;
}

/**
 * The event as the router gets it: the route that API Gateway chose, without what the client wrote. The router would
 * match the path again, which arrives decoded, so that `#`, `?` and `..` inside a variable would be read as URL syntax;
 * and it would build a web Request, which throws on headers and bodies that only a handler of ours can refuse politely.
 */
function routed(event: HttpEvent): RoutedEvent {
  const { body: _body, pathParameters: _params, queryStringParameters: _query, ...rest } = event;
  const [method = '', path = ''] = event.routeKey.split(' ');
  return {
    ...rest,
    rawPath: routerPathOf(path),
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: {
      ...event.requestContext,
      domainName: 'shop',
      http: { ...event.requestContext.http, method },
    },
    received: event,
  };
}

function receivedBy(event: unknown): HttpEvent {
  return (event as RoutedEvent).received;
}

/** A path without variables, so that the router finds it in a map: `/products/{id}` is `/products/~id`. */
function routerPathOf(path: string): `/${string}` {
  return path.replaceAll(/\{(\w+)\}/g, '~$1') as `/${string}`;
}
