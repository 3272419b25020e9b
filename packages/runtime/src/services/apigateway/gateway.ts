import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@order-workflow/states-language/clock';
import type { FunctionInvoker } from '../shared/ports/functions.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import { accessLogContext } from './access-log-context.ts';
import { AccessLog } from './access-log.ts';
import { measureRequest } from './api-metrics.ts';
import { callFunction } from './call-function.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { errorAnswer } from './error-answer.ts';
import { isInteractive, newExchange, type Exchange } from './exchange.ts';
import { answerOf, type GatewayAnswer } from './function-answer.ts';
import { GatewayError } from './gateway-error.ts';
import type { HttpApi, Integration, Stage } from './http-api.ts';
import { parseRequest, type HttpRequest } from './http-request.ts';
import type { JwtVerifier } from './jwt-authorizer.ts';
import { domainOf, payloadEvent } from './payload-event.ts';
import { encodeBody, readBody } from './request-body.ts';
import type { Route, RouteMatch } from './route-table.ts';
import { Throttles } from './throttles.ts';

export interface GatewayOptions {
  readonly clock: Clock;
  readonly accountId: string;
  readonly functions: FunctionInvoker;
  readonly verifier: JwtVerifier;
  readonly logs: LogSink;
  readonly metrics?: MetricSink | undefined;
  /** Names by which clients may call; others are refused, so that no foreign name can be rebound to loopback. */
  readonly hosts: ReadonlySet<string>;
  /** Whether new work can be kept; without it nothing but reading is answered, with 503. */
  readonly hasRoom: () => boolean;
}

/** Where a request goes. */
interface Destination {
  readonly stage: Stage;
  readonly match: RouteMatch;
}

/**
 * Answers requests as one HTTP API: limits, host, stage, preflight, route, throttle, authorizer, integration, in this
 * order.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #api: HttpApi;
  readonly #throttles: Throttles;
  readonly #accessLogs = new Map<string, AccessLog>();

  constructor(api: HttpApi, options: GatewayOptions) {
    this.#api = api;
    this.#options = options;
    this.#throttles = new Throttles(options.clock);
    for (const { name, accessLog } of api.stages.values()) {
      if (accessLog) this.#accessLogs.set(name, new AccessLog(options.logs, accessLog));
    }
  }

  /** Never rejects: a fault of this process is a 500 answer, its reason is in the access log. */
  async answer(message: IncomingMessage): Promise<GatewayAnswer> {
    const exchange = newExchange(this.#options.clock.nowMs());
    const answer = await this.#respond(exchange, message).catch((error: unknown) => {
      exchange.failure = error;
      return this.#withCors(errorAnswer(error), exchange.request);
    });
    this.#writeAccessLog(exchange, answer);
    this.#measure(exchange, answer);
    return { ...answer, headers: [...answer.headers, ['apigw-requestid', exchange.requestId]] };
  }

  async #respond(exchange: Exchange, message: IncomingMessage): Promise<GatewayAnswer> {
    const request = (exchange.request = parseRequest(message));
    this.#checkHost(request);
    const { cors } = this.#api;
    if (cors && isPreflight(request)) return preflightAnswer(cors, request);
    const { stage, match } = this.#route(request);
    exchange.stage = stage;
    exchange.route = match.route;
    if (!this.#throttles.take(stage, match.route.routeKey)) throw new GatewayError(429);
    await this.#authorize(exchange, request, match.route);
    this.#checkRoom(request);
    const body = encodeBody(await readBody(message, this.#options.clock), request.headers);
    const event = this.#event(exchange, { request, stage, match, body });
    return this.#withCors(await this.#integrate(exchange, this.#integrationOf(match.route), event), request);
  }

  #checkHost(request: HttpRequest): void {
    if (this.#options.hosts.has(domainOf(request).toLowerCase())) return;
    throw new GatewayError(403, { detail: 'unknown host' });
  }

  /** What reads needs no room; what writes is refused before anything of it is done. */
  #checkRoom({ method }: HttpRequest): void {
    if (method === 'GET' || method === 'HEAD' || this.#options.hasRoom()) return;
    throw new GatewayError(503, { detail: 'the disk is full' });
  }

  #route(request: HttpRequest): Destination {
    try {
      decodeURIComponent(request.path);
      const staged = this.#api.resolveStage(request.path);
      const match = staged && this.#api.routes.match(request.method, staged.pathInStage);
      if (!staged || !match) throw new GatewayError(404);
      return { stage: staged.stage, match };
    } catch (error) {
      if (error instanceof URIError) throw new GatewayError(400, { detail: 'malformed escape in the path' });
      throw error;
    }
  }

  async #authorize(exchange: Exchange, request: HttpRequest, route: Route): Promise<void> {
    if (route.authorizerId === undefined) return;
    const authorizer = this.#api.authorizers.get(route.authorizerId);
    if (!authorizer) throw new GatewayError(500, { detail: `${route.routeKey} names an unknown authorizer.` });
    try {
      exchange.jwt = await this.#options.verifier.authorize(authorizer, request, route.scopes);
    } catch (error) {
      if (error instanceof GatewayError) exchange.authorizerError = error.detail;
      throw error;
    }
  }

  /** The event for the function, as JSON text. */
  #event(
    { requestId, receivedMs, jwt }: Exchange,
    parts: Destination & { request: HttpRequest; body: ReturnType<typeof encodeBody> },
  ): string {
    const api = { accountId: this.#options.accountId, apiId: this.#api.apiId };
    const traceId = newTraceId(receivedMs);
    return JSON.stringify(payloadEvent({ ...parts, jwt, api, requestId, traceId, receivedMs }));
  }

  #integrationOf({ integrationId, routeKey }: Route): Integration {
    const integration = this.#api.integrations.get(integrationId);
    if (!integration) throw new GatewayError(500, { detail: `${routeKey} names an unknown integration.` });
    return integration;
  }

  async #integrate(exchange: Exchange, integration: Integration, event: string): Promise<GatewayAnswer> {
    const startedMs = this.#options.clock.nowMs();
    try {
      const call = { event, isInteractive: isInteractive(exchange) };
      const result = await callFunction(this.#options, integration, call);
      exchange.integrationStatus = result.functionError === undefined ? 200 : 500;
      if (result.functionError !== undefined) throw new GatewayError(500, { detail: 'The function failed.' });
      return answerOf(result.payload);
    } finally {
      exchange.integrationLatencyMs = this.#options.clock.nowMs() - startedMs;
    }
  }

  #withCors(answer: GatewayAnswer, request: HttpRequest | undefined): GatewayAnswer {
    const { cors } = this.#api;
    return cors && request ? withCors(answer, cors, request) : answer;
  }

  #measure({ receivedMs, integrationLatencyMs }: Exchange, { statusCode }: GatewayAnswer): void {
    const atMs = this.#options.clock.nowMs();
    const { apiId } = this.#api;
    const latencyMs = atMs - receivedMs;
    measureRequest(this.#options.metrics, { apiId, statusCode, latencyMs, integrationLatencyMs, atMs });
  }

  /** A request that no stage was found for is told in the log of the first one. */
  #writeAccessLog(exchange: Exchange, answer: GatewayAnswer): void {
    const stage = exchange.stage ?? this.#api.stages.values().next().value;
    const accessLog = stage && this.#accessLogs.get(stage.name);
    if (!accessLog) return;
    const { clock, accountId } = this.#options;
    const nowMs = clock.nowMs();
    const api = { accountId, apiId: this.#api.apiId };
    accessLog.write(accessLogContext(exchange, answer, api, nowMs), nowMs);
  }
}

function newTraceId(nowMs: number): string {
  const epochSeconds = Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${epochSeconds}-${randomBytes(12).toString('hex')}`;
}
