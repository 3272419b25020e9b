import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { ManualClock } from '@order-workflow/states-language/clock';
import type { MetricSample } from '../../shared/ports/metrics.ts';
import type { InvocationResult } from '../../shared/ports/functions.ts';
import { declare, testStack } from '../../testing/test-stack.ts';
import { ApiGatewayService, type ApiGatewayOptions } from '../apigateway-service.ts';
import { apiGatewayResourceTypes } from '../resource-types.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- the event as a function sees it: parsed JSON.
export type ReceivedEvent = Record<string, any>;
export type Handler = (event: ReceivedEvent) => Promise<InvocationResult> | InvocationResult;

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:echo';

export const LOG_FORMAT = JSON.stringify({
  id: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  agent: '$context.identity.userAgent',
  user: '$context.authorizer.claims.sub',
  auth: '$context.authorizer.error',
  why: '$context.integrationErrorMessage',
  x: '$context.nothing',
});

export const ok = (result: unknown): InvocationResult => ({ payload: JSON.stringify(result) });

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiDescription {
  readonly api?: object;
  readonly stage?: object;
  readonly integration?: object;
  /** By route key. */
  readonly routes?: Record<string, object>;
}

/** A service with one open port and one function, `handler`, behind every route. */
export class GatewayUnderTest {
  readonly clock = new ManualClock(Date.UTC(2026, 2, 12, 19, 3, 58));
  readonly invocations: { name: string; event: ReceivedEvent }[] = [];
  readonly logLines: { logGroup: string; line: string }[] = [];
  readonly samples: MetricSample[] = [];
  handler: Handler = () => ok({ done: true });

  /** Set by `openGateway`. */
  service!: ApiGatewayService;

  readonly options: ApiGatewayOptions = {
    clock: this.clock,
    stack: testStack,
    port: 0,
    functions: {
      invoke: async (name, payload) => {
        const event = JSON.parse(payload) as ReceivedEvent;
        this.invocations.push({ name, event });
        return this.handler(event);
      },
      invokeAsync: () => Promise.reject(new Error('An HTTP API invokes synchronously.')),
    },
    logs: { append: (logGroup, line) => this.logLines.push({ logGroup, line }) },
    metrics: { record: (sample) => this.samples.push(sample) },
    hosts: ['shop.example'],
  };

  startApi(description: ApiDescription = {}): Promise<void> {
    return startApi(this.service, description);
  }

  send(path: string, options?: SendOptions): Promise<Answer> {
    return send(portOf(this.service), path, options);
  }

  sendRaw(text: string): ReturnType<typeof sendRaw> {
    return sendRaw(portOf(this.service), text);
  }
}

export async function openGateway(options: Pick<ApiGatewayOptions, 'hasRoom'> = {}): Promise<GatewayUnderTest> {
  const gateway = new GatewayUnderTest();
  gateway.service = await ApiGatewayService.open({ ...gateway.options, ...options }, ['Api']);
  return gateway;
}

async function startApi(service: ApiGatewayService, description: ApiDescription): Promise<void> {
  const types = apiGatewayResourceTypes(service);
  const api = { Name: 'n', ProtocolType: 'HTTP', ...description.api };
  const { ref: ApiId } = await declare(types, 'AWS::ApiGatewayV2::Api', 'Api', api);
  const { ref: integrationId } = await declare(types, 'AWS::ApiGatewayV2::Integration', 'I', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: FUNCTION_ARN,
    PayloadFormatVersion: '2.0',
    ...description.integration,
  });
  for (const [RouteKey, route] of Object.entries(description.routes ?? { 'ANY /{proxy+}': {} })) {
    const properties = { ApiId, RouteKey, Target: `integrations/${integrationId}`, ...route };
    await declare(types, 'AWS::ApiGatewayV2::Route', `R${RouteKey}`, properties);
  }
  await declare(types, 'AWS::ApiGatewayV2::Stage', 'S', { ApiId, StageName: '$default', ...description.stage });
  service.start();
}

function portOf(service: ApiGatewayService): number {
  return Number(new URL(service.endpointOf('Api')).port);
}

interface SendOptions {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

function send(port: number, path: string, { method = 'GET', headers = {}, body }: SendOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { host: 'localhost', ...headers };
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers: all, agent: false });
    request.on('error', reject);
    request.on('response', (response) => {
      void response.toArray().then((chunks) => {
        const text = Buffer.concat(chunks as Buffer[]).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      }, reject);
    });
    request.end(body);
  });
}

/** Sends bytes as they are, for what an HTTP client would not send. */
function sendRaw(
  port: number,
  text: string,
): Promise<{ statusLine: Promise<string>; closed: Promise<void>; end: () => void }> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      let received = '';
      const statusLine = new Promise<string>((found) => {
        socket.on('data', (chunk) => {
          received += chunk.toString();
          if (received.includes('\r\n')) found(received.split('\r\n', 1)[0] ?? '');
        });
      });
      socket.on('error', () => socket.destroy());
      const closed = new Promise<void>((done) => {
        socket.on('close', () => done());
      });
      socket.write(text);
      resolve({ statusLine, closed, end: () => socket.destroy() });
    });
  });
}
