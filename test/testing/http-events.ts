import type { HttpEvent } from '../../functions/platform/http/http-event.ts';
import type { HttpHandler } from '../../functions/platform/http/serve.ts';
import { aLambdaContext } from './builders.ts';

/** Who makes a request, as far as the authorizer tells a function. */
export interface TestCaller {
  readonly sub: string;
  readonly groups?: readonly string[];
}

export const ALICE: TestCaller = { sub: 'alice' };
export const BOB: TestCaller = { sub: 'bob' };
export const ADMIN: TestCaller = { sub: 'root', groups: ['admin'] };

/** What a test says about a request. */
export interface RequestTraits {
  readonly caller?: TestCaller | undefined;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** As sent, where it says more than `query`. */
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly requestId?: string;
}

/** The event of payload format 2.0 that API Gateway hands a function for a route such as `PUT /basket/items/{sku}`. */
export function anHttpEvent(routeKey: string, traits: RequestTraits = {}): HttpEvent {
  const { caller, params, query, body, requestId = 'request-1' } = traits;
  const [method = '', template = ''] = routeKey.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_match, name: string) => params?.[name] ?? '');
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: traits.rawQueryString ?? new URLSearchParams(query).toString(),
    headers: {
      host: 'api.example.com',
      'x-forwarded-proto': 'https',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...traits.headers,
    },
    ...(query === undefined ? {} : { queryStringParameters: query }),
    ...(params === undefined ? {} : { pathParameters: params }),
    ...(text === undefined ? {} : { body: text }),
    isBase64Encoded: false,
    requestContext: {
      requestId,
      domainName: 'api.example.com',
      http: { method, path },
      ...(caller === undefined ? {} : { authorizer: { jwt: { claims: claimsOf(caller) } } }),
    },
  };
}

/** The claims of an access token of a user pool, as API Gateway renders them: all text, lists in brackets. */
function claimsOf({ sub, groups = [] }: TestCaller): Record<string, string> {
  return {
    sub,
    token_use: 'access',
    client_id: 'client-1',
    iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_test',
    ...(groups.length === 0 ? {} : { 'cognito:groups': `[${groups.join(' ')}]` }),
  };
}

/** An answer with its JSON parsed. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // Answers are JSON of many shapes: tests compare literals with what they find.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

/** Sends one request straight to a function. */
export async function send(handler: HttpHandler, routeKey: string, traits: RequestTraits = {}): Promise<TestAnswer> {
  return answerOf(await handler(anHttpEvent(routeKey, traits), aLambdaContext()));
}

export function answerOf(result: unknown): TestAnswer {
  const { statusCode, headers, body } = result as {
    statusCode: number;
    headers: Record<string, string>;
    body?: string;
  };
  return { status: statusCode, headers, body: body === undefined ? undefined : (JSON.parse(body) as unknown) };
}
