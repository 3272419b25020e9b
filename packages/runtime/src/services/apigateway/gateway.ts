import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import type { FunctionInvoker, InvocationResult } from '../shared/ports/functions.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import { AccessLog } from './access-log.ts';
import { measureRequest } from './api-metrics.ts';
import { isPreflight, preflightAnswer, withCors } from './cors.ts';
import { answerOf, type GatewayAnswer } from './function-answer.ts';
import { GatewayError } from './gateway-error.ts';
import type { HttpApi, Integration, Stage } from './http-api.ts';
import { parseRequest, type HttpRequest } from './http-request.ts';
import type { JwtVerifier } from './jwt-authorizer.ts';
import { commonLogTime, domainOf, payloadEvent, type JwtIdentity } from './payload-event.ts';
import { encodeBody, readBody } from './request-body.ts';
import type { Route, RouteMatch } from './route-table.ts';
import { TokenBucket } from './token-bucket.ts';

export interface GatewayOptions {
  readonly clock: Clock;
  readonly accountId: string;
  readonly functions: FunctionInvoker;
  readonly verifier: JwtVerifier;
  readonly logs: LogSink;
  readonly metrics?: MetricSink | undefined;
  /** Names by which clients may call; others are refused, so that no foreign name can be rebound to loopback. */
  readonly hosts: ReadonlySet<string>;
}

/** One request on its way; what is known of it so far is what the access log can tell. */
interface Exchange {
  readonly requestId: string;
  readonly receivedMs: number;
  request?: HttpRequest;
  stage?: Stage;
  route?: Route;
  jwt?: JwtIdentity;
  authorizerError?: string | undefined;
  integrationStatus?: number;
  integrationLatencyMs?: number;
  failure?: unknown;
}

/**
 * Answers requests as one HTTP API: limits, host, stage, preflight, route, throttle, authorizer, integration, in this
 * order.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #api: HttpApi;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #accessLogs = new Map<string, AccessLog>();

  constructor(api: HttpApi, options: GatewayOptions) {
    this.#api = api;
    this.#options = options;
    for (const { name, accessLog } of api.stages.values()) {
      if (accessLog) this.#accessLogs.set(name, new AccessLog(options.logs, accessLog));
    }
  }

  /** Never rejects: a fault of this process is a 500 answer, its reason is in the access log. */
  async answer(message: IncomingMessage): Promise<GatewayAnswer> {
    const exchange: Exchange = { requestId: newRequestId(), receivedMs: this.#options.clock.nowMs() };
    const answer = await this.#respond(exchange, message).catch((error: unknown) => {
      exchange.failure = error;
      const failed = errorAnswer(error);
      return exchange.request && this.#api.cors ? withCors(failed, this.#api.cors, exchange.request) : failed;
    });
    this.#writeAccessLog(exchange, answer);
    this.#measure(exchange, answer);
    return { ...answer, headers: [...answer.headers, ['apigw-requestid', exchange.requestId]] };
  }

  async #respond(exchange: Exchange, message: IncomingMessage): Promise<GatewayAnswer> {
    const request = (exchange.request = parseRequest(message));
    if (!this.#options.hosts.has(domainOf(request).toLowerCase()))
      throw new GatewayError(403, { detail: 'unknown host' });
    const { cors } = this.#api;
    if (cors && isPreflight(request)) return preflightAnswer(cors, request);
    const { stage, match } = this.#route(request);
    exchange.stage = stage;
    exchange.route = match.route;
    if (!this.#bucketOf(stage, match.route).take()) throw new GatewayError(429);
    await this.#authorize(exchange, request, match.route);
    const body = encodeBody(await readBody(message, this.#options.clock), request.headers);
    const event = payloadEvent({
      request,
      match,
      body,
      jwt: exchange.jwt,
      api: { accountId: this.#options.accountId, apiId: this.#api.apiId },
      stage,
      requestId: exchange.requestId,
      traceId: newTraceId(exchange.receivedMs),
      receivedMs: exchange.receivedMs,
    });
    const answer = await this.#integrate(exchange, this.#integrationOf(match.route), JSON.stringify(event));
    return cors ? withCors(answer, cors, request) : answer;
  }

  #route(request: HttpRequest): { stage: Stage; match: RouteMatch } {
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

  #bucketOf(stage: Stage, { routeKey }: Route): TokenBucket {
    const own = stage.routeThrottles[routeKey];
    const key = own ? `${stage.name} ${routeKey}` : stage.name;
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      bucket = new TokenBucket(this.#options.clock, own ?? stage.throttle);
      this.#buckets.set(key, bucket);
    }
    return bucket;
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

  #integrationOf({ integrationId, routeKey }: Route): Integration {
    const integration = this.#api.integrations.get(integrationId);
    if (!integration) throw new GatewayError(500, { detail: `${routeKey} names an unknown integration.` });
    return integration;
  }

  async #integrate(exchange: Exchange, integration: Integration, event: string): Promise<GatewayAnswer> {
    const startedMs = this.#options.clock.nowMs();
    try {
      const result = await this.#invoke(integration, event, isInteractive(exchange));
      exchange.integrationStatus = result.functionError === undefined ? 200 : 500;
      if (result.functionError !== undefined) throw new GatewayError(500, { detail: 'The function failed.' });
      return answerOf(result.payload);
    } finally {
      exchange.integrationLatencyMs = this.#options.clock.nowMs() - startedMs;
    }
  }

  /** The function goes on after a timeout, as on AWS: only the client gets no more than 503. */
  async #invoke(
    { functionArn, timeoutMs }: Integration,
    event: string,
    interactive: boolean,
  ): Promise<InvocationResult> {
    const { clock, functions } = this.#options;
    const timeout = Promise.withResolvers<never>();
    const timer = clock.at(clock.nowMs() + timeoutMs, () =>
      timeout.reject(new GatewayError(503, { detail: `The function did not answer within ${timeoutMs} ms.` })),
    );
    try {
      return await Promise.race([
        functions.invoke(functionArn, event, { isInteractive: interactive }),
        timeout.promise,
      ]);
    } catch (error) {
      // Throttled and missing functions alike: the client sees 500 (the reason is in the access log).
      if (error instanceof AwsError) throw new GatewayError(500, { detail: error.message });
      throw error;
    } finally {
      timer.cancel();
    }
  }

  #measure({ receivedMs, integrationLatencyMs }: Exchange, { statusCode }: GatewayAnswer): void {
    const atMs = this.#options.clock.nowMs();
    const { apiId } = this.#api;
    const latencyMs = atMs - receivedMs;
    measureRequest(this.#options.metrics, { apiId, statusCode, latencyMs, integrationLatencyMs, atMs });
  }

  #writeAccessLog(exchange: Exchange, answer: GatewayAnswer): void {
    const stage = exchange.stage ?? this.#api.stages.values().next().value;
    const accessLog = stage && this.#accessLogs.get(stage.name);
    if (!accessLog) return;
    const nowMs = this.#options.clock.nowMs();
    const { request, failure } = exchange;
    const message = failure === undefined ? undefined : messageOf(failure);
    const detail = failure instanceof GatewayError ? failure.detail : (failure as Error | undefined)?.message;
    const domainName = request && domainOf(request);
    accessLog.write(
      {
        ...Object.fromEntries(
          Object.entries(exchange.jwt?.claims ?? {}).map(([name, value]) => [`authorizer.claims.${name}`, value]),
        ),
        accountId: this.#options.accountId,
        apiId: this.#api.apiId,
        'authorizer.error': exchange.authorizerError,
        domainName,
        domainPrefix: domainName?.split('.')[0],
        'error.message': message,
        'error.messageString': message === undefined ? undefined : JSON.stringify(message),
        extendedRequestId: exchange.requestId,
        httpMethod: request?.method,
        'identity.sourceIp': request?.sourceIp,
        'identity.userAgent': request?.headers['user-agent'],
        'integration.latency': exchange.integrationLatencyMs,
        'integration.integrationStatus': exchange.integrationStatus,
        'integration.status': exchange.integrationStatus,
        'integration.error': exchange.integrationLatencyMs === undefined ? undefined : detail,
        integrationErrorMessage: exchange.integrationLatencyMs === undefined ? undefined : detail,
        integrationLatency: exchange.integrationLatencyMs,
        integrationStatus: exchange.integrationStatus,
        path: request?.path,
        protocol: request?.protocol,
        requestId: exchange.requestId,
        requestTime: commonLogTime(exchange.receivedMs),
        requestTimeEpoch: exchange.receivedMs,
        responseLatency: nowMs - exchange.receivedMs,
        responseLength: answer.body.length,
        routeKey: exchange.route?.routeKey,
        stage: exchange.stage?.name,
        status: answer.statusCode,
      },
      nowMs,
    );
  }
}

/** `{"message": …}` as API Gateway answers itself; faults of this process say no more than 500. */
export function errorAnswer(error: unknown): GatewayAnswer {
  const known = error instanceof GatewayError ? error : new GatewayError(500);
  return {
    statusCode: known.statusCode,
    headers: [['content-type', 'application/json'], ...Object.entries(known.headers)],
    body: Buffer.from(JSON.stringify({ message: known.message })),
  };
}

function messageOf(error: unknown): string {
  return error instanceof GatewayError ? error.message : new GatewayError(500).message;
}

/** 16 characters that end in `=`, as the `apigw-requestid` of HTTP APIs. */
function newRequestId(): string {
  return randomBytes(11).toString('base64').replaceAll('/', '_').replaceAll('+', '-');
}

function newTraceId(nowMs: number): string {
  return `Root=1-${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
}

/** A person reads, or is signed in. What writes without either is a machine, e.g. a webhook, and can wait. */
function isInteractive({ request, jwt }: Exchange): boolean {
  return jwt !== undefined || request?.method === 'GET';
}
