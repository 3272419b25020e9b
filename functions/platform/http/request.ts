import * as z from 'zod';
import { jsonBodyOf } from './body.ts';
import { callerOf, requireAdmin, requireCaller, type Caller } from './caller.ts';
import { containsCardNumber } from './card-number.ts';
import { headerOf, type HttpEvent } from './http-event.ts';
import { ProblemError, type FieldError } from './problem.ts';
import {
  methodOverrides,
  refuseCardNumbers,
  refuseUnreadConditions,
  repeatedParameters,
  unreadBody,
  unreadKey,
} from './refusals.ts';
import type { RequestOf, Route } from './route.ts';

/**
 * The request, if it may be made and fits its route. Who asks is settled before anything else is looked at.
 * @throws ProblemError
 */
export function checkedRequest(route: Route, event: HttpEvent): RequestOf<Route> {
  const caller = admit(route, event);
  refuseUnreadConditions(route, event);
  const sent = {
    path: event.pathParameters ?? {},
    query: event.queryStringParameters ?? {},
    header: namedHeaders(route, event),
    body: route.body === undefined ? undefined : jsonBodyOf(event),
  };
  refuseCardNumbers(route, sent);
  const errors: FieldError[] = [
    ...repeatedParameters(event),
    ...methodOverrides(event),
    ...unreadBody(route, event),
    ...unreadKey(route, event),
  ];
  const parts = {
    params: parsed(route.params, sent.path, 'path', errors),
    query: parsed(route.query ?? NO_PARAMETERS, sent.query, 'query', errors),
    headers: parsed(route.headers, sent.header, 'header', errors),
    body: parsed(route.body, sent.body, 'body', errors),
  };
  if (errors.length > 0) throw new ProblemError('VALIDATION_FAILED', { errors });
  const { requestId } = event.requestContext;
  return { ...parts, caller, requestId, correlationId: correlationIdOf(event) } as RequestOf<Route>;
}

const NO_PARAMETERS = z.strictObject({});

/** What a caller may call the journey that begins here: it goes into events and onto log lines. */
const CORRELATION_ID = /^[A-Za-z0-9._-]{8,100}$/;

/** The caller's own, so that their traces and ours can be joined; one of ours where it is none or not fit to be kept. */
function correlationIdOf(event: HttpEvent): string {
  const offered = headerOf(event, 'x-correlation-id');
  if (offered !== undefined && CORRELATION_ID.test(offered) && !containsCardNumber(offered)) return offered;
  // API Gateway's ids are base64: letters and digits of them say as much.
  return `http-${event.requestContext.requestId.replaceAll(/[^A-Za-z0-9.-]/g, '').slice(0, 100)}`;
}

function admit({ access }: Route, event: HttpEvent): Caller | undefined {
  if (access === 'anyone' || access === 'provider') return undefined;
  const caller = callerOf(event);
  return access === 'admin' ? requireAdmin(caller) : requireCaller(caller);
}

/** Only what the route names: a request has headers of every proxy on its way. */
function namedHeaders({ headers }: Route, event: HttpEvent): Record<string, string> {
  return Object.fromEntries(
    Object.keys(headers?.shape ?? {}).flatMap((name) => {
      const value = event.headers[name]; // also an empty one: it was sent
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

function parsed(schema: z.ZodType | undefined, value: unknown, part: string, errors: FieldError[]): unknown {
  if (schema === undefined) return undefined;
  const outcome = schema.safeParse(value);
  if (outcome.success) return outcome.data;
  for (const { path, message } of plain(outcome.error.issues))
    errors.push({ field: [part, ...path].join('.'), message });
  return undefined;
}

type Issue = z.core.$ZodIssue;

/** Of what may have one of several forms: what keeps it from the form that it is nearest to. */
function plain(issues: readonly Issue[]): Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    const [nearest = []] = issue.errors.toSorted((one, other) => distanceOf(one) - distanceOf(other));
    return plain(nearest).map((each): Issue => ({ ...each, path: [...issue.path, ...each.path] }));
  });
}

/** A key that the form does not have tells that another form was meant. */
function distanceOf(issues: readonly Issue[]): number {
  const isForeign = issues.some(({ code, path }) => code === 'unrecognized_keys' && path.length === 0);
  return issues.length + (isForeign ? 1_000 : 0);
}
