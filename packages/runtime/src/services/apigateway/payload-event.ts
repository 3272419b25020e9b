import type { HttpRequest } from './http-request.ts';
import type { RouteMatch } from './route-table.ts';

/** What a JWT authorizer found out; claims are text, as API Gateway hands them on. */
export interface JwtIdentity {
  readonly claims: Readonly<Record<string, string>>;
  readonly scopes: readonly string[] | null;
}

export interface EventParts {
  readonly request: HttpRequest;
  readonly match: RouteMatch;
  readonly body: { body?: string; isBase64Encoded: boolean };
  readonly jwt: JwtIdentity | undefined;
  readonly api: { readonly accountId: string; readonly apiId: string };
  readonly stage: { readonly name: string; readonly variables: Readonly<Record<string, string>> | undefined };
  readonly requestId: string;
  readonly traceId: string;
  readonly receivedMs: number;
}

/**
 * The event of payload format 2.0 (API Gateway guide, "Create AWS Lambda proxy integrations for HTTP APIs").
 * `rawPath` and `requestContext.http.path` are decoded, as HTTP APIs send them in spite of the name.
 */
export function payloadEvent(parts: EventParts): Record<string, unknown> {
  const { request, match } = parts;
  const path = decodeURIComponent(request.path);
  return {
    version: '2.0',
    routeKey: match.route.routeKey,
    rawPath: path,
    rawQueryString: request.rawQueryString,
    ...(request.cookies.length > 0 && { cookies: request.cookies }),
    headers: forwardedHeaders(parts),
    ...(request.rawQueryString !== '' && { queryStringParameters: queryParameters(request.rawQueryString) }),
    requestContext: requestContext(parts, path),
    ...(match.pathParameters && { pathParameters: match.pathParameters }),
    ...(parts.stage.variables && { stageVariables: parts.stage.variables }),
    ...parts.body,
  };
}

function requestContext({ request, match, jwt, api, stage, requestId, receivedMs }: EventParts, path: string): unknown {
  const domainName = domainOf(request);
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    ...(jwt && { authorizer: { jwt } }),
    domainName,
    domainPrefix: domainName.split('.')[0],
    http: {
      method: request.method,
      path,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey: match.route.routeKey,
    stage: stage.name,
    time: commonLogTime(receivedMs),
    timeEpoch: receivedMs,
  };
}

function forwardedHeaders({ request, traceId, body }: EventParts): Record<string, string> {
  const { headers, sourceIp } = request;
  const forwardedFor = headers['x-forwarded-for'];
  return {
    'content-length': String(body.body === undefined ? 0 : byteLength(body.body, body.isBase64Encoded)),
    ...headers,
    'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? traceId,
    'x-forwarded-for': forwardedFor === undefined ? sourceIp : `${forwardedFor}, ${sourceIp}`,
    'x-forwarded-port': headers['host']?.split(':').at(-1)?.replace(/\D/g, '') || '80',
    'x-forwarded-proto': 'http',
  };
}

function byteLength(body: string, isBase64: boolean): number {
  return Buffer.byteLength(body, isBase64 ? 'base64' : 'utf8');
}

/** Decoded; values of a repeated name joined with commas. */
function queryParameters(rawQueryString: string): Record<string, string> {
  const parameters = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}

export function domainOf({ headers }: HttpRequest): string {
  return (headers['host'] ?? 'localhost').replace(/:\d+$/, '');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000`, the time format of access logs. */
export function commonLogTime(epochMs: number): string {
  const [year, month, day] = new Date(epochMs).toISOString().slice(0, 10).split('-');
  const time = new Date(epochMs).toISOString().slice(11, 19);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
