import type { Context } from 'aws-lambda';
import { isStoreBusy } from '../errors.ts';
import { logger } from '../logger.ts';
import { MalformedRow } from '../sound-rows.ts';
import { callerOf } from './caller.ts';
import { entityTagOf, type ExpectedVersions } from './entity-tag.ts';
import type { HttpEvent } from './http-event.ts';
import { problemAnswer, ProblemError, type HttpAnswer } from './problem.ts';
import { checkedRequest } from './request.ts';
import { routeKeyOf, type Answer, type HandlersOf, type RequestOf, type Route, type RouteTable } from './route.ts';

export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpAnswer>;

type Operation = (request: RequestOf<Route>) => Promise<Answer>;

/**
 * The Lambda handler of a service: each request is checked against its route, answered by the operation of the same
 * name, and every error leaves as a problem document. Not one byte of an error of ours gets out, only its request id.
 *
 * API Gateway has chosen the route already. Its key is looked up and the path is not matched again: it arrives
 * decoded, so that `#`, `?` and `..` inside a variable would be read as URL syntax.
 */
export function serve<const Routes extends RouteTable>(routes: Routes, handlers: HandlersOf<Routes>): HttpHandler {
  const operations = new Map(
    Object.entries(routes).map(([name, route]) => [
      routeKeyOf(route),
      { route, operation: handlers[name] as Operation },
    ]),
  );
  return async (event) => {
    const found = operations.get(event.routeKey);
    if (found === undefined) return problemAnswer('ROUTE_NOT_FOUND', event.requestContext.requestId);
    return answerTo(found.route, found.operation, event);
  };
}

async function answerTo(route: Route, operation: Operation, event: HttpEvent): Promise<HttpAnswer> {
  try {
    const request = checkedRequest(route, event);
    const { body, headers } = await operation(request);
    const always = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers };
    if (isKnown(request, headers)) return { statusCode: 304, headers: always };
    const statusCode = route.success.status;
    if (body === undefined) return { statusCode, headers: always };
    return { statusCode, headers: { 'content-type': 'application/json', ...always }, body: JSON.stringify(body) };
  } catch (error) {
    return failure(error, event);
  }
}

/** Whether the caller has this version already: RFC 9110, section 13.1.2. */
function isKnown({ headers }: RequestOf<Route>, { etag }: Readonly<Record<string, string>> = {}): boolean {
  const known = (headers as { readonly 'if-none-match'?: ExpectedVersions } | undefined)?.['if-none-match'];
  if (known === undefined || etag === undefined) return false;
  return known === 'any' || known.some((version) => entityTagOf(version) === etag);
}

function failure(error: unknown, event: HttpEvent): HttpAnswer {
  const { requestContext, routeKey } = event;
  const { requestId } = requestContext;
  if (error instanceof ProblemError) return problemAnswer(error.code, requestId, error.extras);
  if (isStoreBusy(error)) {
    logger.warn('Request given up on a busy store', { requestId, routeKey, errorName: error.name });
    return problemAnswer('STORE_BUSY', requestId, { headers: { 'retry-after': '1' } });
  }
  logger.error('Request failed', { requestId, routeKey, error: error as Error });
  // An operator can mend it, and is told which row it is. A customer cannot: to them it is a fault of ours.
  if (error instanceof MalformedRow && callerOf(event)?.isAdmin === true)
    return problemAnswer('ROW_UNREADABLE', requestId, { detail: error.message });
  return problemAnswer('INTERNAL_ERROR', requestId);
}
