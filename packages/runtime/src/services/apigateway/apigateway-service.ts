import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import type { MetricSink } from '../shared/ports/metrics.ts';
import type { FunctionInvoker } from '../shared/ports/functions.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import { Gateway } from './gateway.ts';
import type { HttpApi } from './http-api.ts';
import { HttpListener } from './http-listener.ts';
import { JwksCache } from './jwks-cache.ts';
import { JwtVerifier } from './jwt-authorizer.ts';

export interface ApiGatewayOptions {
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly functions: FunctionInvoker;
  readonly logs: LogSink;
  readonly metrics?: MetricSink;
  /** Port of the first HTTP API; the next ones follow. 0: any free ones. */
  readonly port: number;
  /** Where an issuer is reached, when not at its own URL (`CognitoService.addressOf`). */
  readonly issuerAddressOf?: (issuer: string) => string;
  /** Further host names that clients use, e.g. of a reverse proxy; loopback names always work. */
  readonly hosts?: readonly string[];
  /** Whether the disk can take new work; always, unless told. */
  readonly hasRoom?: () => boolean;
}

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * HTTP APIs, each with a listener of its own on loopback.
 *
 * G1  Addresses are fixed by `open`, before the template's values are computed; requests are answered from `start`.
 * G2  Nothing here is durable: the template describes every API at every start.
 */
export class ApiGatewayService {
  readonly #options: ApiGatewayOptions;
  readonly #verifier: JwtVerifier;
  readonly #listeners = new Map<string, HttpListener>();
  readonly #apis = new Map<string, { api: HttpApi; logicalId: string }>();

  /**
   * Binds one port for each API, in the order given.
   * @param logicalIds of every AWS::ApiGatewayV2::Api of the template.
   * @throws Error with code EADDRINUSE when a port is taken; none is held then.
   */
  static async open(options: ApiGatewayOptions, logicalIds: readonly string[]): Promise<ApiGatewayService> {
    const service = new ApiGatewayService(options);
    try {
      for (const [index, logicalId] of logicalIds.entries()) await service.#listen(logicalId, index);
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  private constructor(options: ApiGatewayOptions) {
    this.#options = options;
    this.#verifier = new JwtVerifier(options.clock, new JwksCache(options.clock, options.issuerAddressOf));
  }

  /** `http://localhost:<port>`, without a trailing slash. */
  endpointOf(logicalId: string): string {
    return `http://localhost:${this.#listenerOf(logicalId).port}`;
  }

  declareApi(logicalId: string, api: HttpApi): void {
    this.#apis.set(api.apiId, { api, logicalId });
  }

  /** @throws Error when no such API is declared. */
  api(apiId: string): HttpApi {
    const declared = this.#apis.get(apiId);
    if (!declared) throw new Error(`No HTTP API ${apiId} is declared.`);
    return declared.api;
  }

  list(): { api: HttpApi; endpoint: string }[] {
    return [...this.#apis.values()].map(({ api, logicalId }) => ({ api, endpoint: this.endpointOf(logicalId) }));
  }

  /** Serves the declared APIs from here on. */
  start(): void {
    const { clock, stack, functions, logs, metrics, hosts = [], hasRoom = () => true } = this.#options;
    const names = new Set([...LOOPBACK_NAMES, ...hosts].map((host) => host.toLowerCase()));
    for (const { api, logicalId } of this.#apis.values()) {
      const options = {
        clock,
        accountId: stack.accountId,
        functions,
        logs,
        metrics,
        verifier: this.#verifier,
        hosts: names,
        hasRoom,
      };
      const gateway = new Gateway(api, options);
      this.#listenerOf(logicalId).serve((message) => gateway.answer(message));
    }
  }

  /** Resolves when every request under way is answered and every port is free. */
  async stop(): Promise<void> {
    await Promise.all([...this.#listeners.values()].map((listener) => listener.close()));
    this.#listeners.clear();
  }

  async #listen(logicalId: string, index: number): Promise<void> {
    const { clock, port } = this.#options;
    const listener = new HttpListener(clock);
    await listener.listen(port === 0 ? 0 : port + index);
    this.#listeners.set(logicalId, listener);
  }

  #listenerOf(logicalId: string): HttpListener {
    const listener = this.#listeners.get(logicalId);
    if (!listener) throw new Error(`No port is open for the HTTP API ${logicalId}: call open() with it first.`);
    return listener;
  }
}
