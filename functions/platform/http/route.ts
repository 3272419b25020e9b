import type * as z from 'zod';
import type { Caller } from './caller.ts';
import type { ProblemCode } from './problem-codes.ts';

/**
 * Who may call a route.
 * - `anyone`: no token is looked at.
 * - `customer`: whoever is signed in, on what is their own.
 * - `ownerOrAdmin`: the owner of what the path names, or an admin; to everybody else it does not exist.
 * - `admin`: members of the group `admin`.
 * - `provider`: the payment provider, by its signature.
 */
export type Access = 'anyone' | 'customer' | 'ownerOrAdmin' | 'admin' | 'provider';

/** What an answer tells in a header. */
export type AnswerHeader = 'etag' | 'location';

/**
 * One route of the HTTP API as data. The router, the OpenAPI description, the authorisation test and the check of the
 * deployed routes are all made from it.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As API Gateway writes it: `/products/{id}`. */
  readonly path: `/${string}`;
  readonly access: Access;
  /** What the caller does, in a few words: `Get your basket`. */
  readonly summary: string;
  /** What a caller must know besides; who may call is said by `access`. */
  readonly details?: string;
  /** Path variables. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** The headers that mean something to the route, in lower case; all others are ignored. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /**
   * Where identifiers stand that may have the form of a card number, by field: `body.trackingNumber`; that of a
   * list stands for each of its entries. An `opaque` one
   * is not looked at; one that may be a `barcode` is a card number only when it is no barcode.
   */
  readonly identifiers?: Readonly<Record<string, 'opaque' | 'barcode'>>;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly description: string;
    /** Absent for an answer without a body. */
    readonly body?: z.ZodType;
    /** Headers that mean something to the caller, in lower case. */
    readonly headers?: readonly AnswerHeader[];
  };
  /** What it may answer beside the problems that every route of its kind may. */
  readonly problems?: readonly ProblemCode[];
  /** What some of them say beside the members that every problem has. */
  readonly problemFacts?: Readonly<Partial<Record<ProblemCode, z.ZodRawShape>>>;
}

/** The routes of one service by the name of their operation. */
export type RouteTable = Readonly<Record<string, Route>>;

/** What API Gateway calls the route. */
export function routeKeyOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

/** Whether API Gateway lets a request through only with a token of ours. */
export function needsToken({ access }: Pick<Route, 'access'>): boolean {
  return access !== 'anyone' && access !== 'provider';
}

type Part<R, Name extends string> =
  R extends Readonly<Record<Name, infer Schema extends z.ZodType>> ? z.output<Schema> : undefined;

/** A request that fits its route: every part is parsed, and nobody is in who may not be. */
export interface RequestOf<R extends Route> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly headers: Part<R, 'headers'>;
  readonly body: Part<R, 'body'>;
  readonly caller: R['access'] extends 'anyone' ? undefined : Caller;
  readonly requestId: string;
  /** The request id as an event may carry it. */
  readonly correlationId: string;
}

/** What a handler answers: the status is the route's `success` unless it says otherwise. */
export interface Answer {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One function for each operation of a service. */
export type HandlersOf<Routes extends RouteTable> = {
  readonly [Name in keyof Routes]: (request: RequestOf<Routes[Name]>) => Promise<Answer>;
};
