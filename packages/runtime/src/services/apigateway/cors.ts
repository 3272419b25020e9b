import type { GatewayAnswer } from './function-answer.ts';
import type { HttpRequest } from './http-request.ts';

/** `CorsConfiguration` of an HTTP API. */
export interface CorsConfiguration {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds?: number | undefined;
  readonly allowCredentials: boolean;
}

/** The API answers these itself, before routes and authorizers. */
export function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && 'origin' in headers && 'access-control-request-method' in headers;
}

/** Answer to a preflight; without CORS headers when the origin may not call. */
export function preflightAnswer(cors: CorsConfiguration, request: HttpRequest): GatewayAnswer {
  const headers = originHeaders(cors, request);
  if (headers.length > 0) {
    headers.push(['access-control-allow-methods', cors.allowMethods.join(',')]);
    headers.push(['access-control-allow-headers', cors.allowHeaders.join(',')]);
    if (cors.maxAgeSeconds !== undefined) headers.push(['access-control-max-age', String(cors.maxAgeSeconds)]);
  }
  return { statusCode: 204, headers: headers.filter(([, value]) => value !== ''), body: Buffer.alloc(0) };
}

/** With CORS configured, the integration's own CORS headers are ignored. */
export function withCors(answer: GatewayAnswer, cors: CorsConfiguration, request: HttpRequest): GatewayAnswer {
  const own = answer.headers.filter(([name]) => !name.startsWith('access-control-'));
  const added = 'origin' in request.headers ? originHeaders(cors, request) : [];
  if (added.length > 0 && cors.exposeHeaders.length > 0) {
    added.push(['access-control-expose-headers', cors.exposeHeaders.join(',')]);
  }
  return { ...answer, headers: [...own, ...added] };
}

function originHeaders(cors: CorsConfiguration, { headers }: HttpRequest): [string, string][] {
  const origin = headers['origin'] ?? '';
  const allowed = cors.allowOrigins.includes('*')
    ? '*'
    : cors.allowOrigins.some((known) => covers(known, origin)) && origin;
  if (allowed === false) return [];
  const result: [string, string][] = [['access-control-allow-origin', allowed]];
  if (allowed !== '*') result.push(['vary', 'origin']);
  if (cors.allowCredentials) result.push(['access-control-allow-credentials', 'true']);
  return result;
}

/** `https://*` stands for every origin of that scheme. */
function covers(known: string, origin: string): boolean {
  return known.endsWith('://*') ? origin.startsWith(known.slice(0, -1)) : known === origin;
}
