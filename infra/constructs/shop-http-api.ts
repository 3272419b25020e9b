import { Aws } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, type HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

export interface ShopRoute {
  readonly method: HttpMethod;
  readonly path: `/${string}`;
  readonly handler: ShopFunction;
  /** Who may call. A route without an authorizer says how it is protected instead. */
  readonly access: { readonly kind: 'open'; readonly reason: string };
}

/** No address and no header of the caller: the log is for latencies and errors. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
} as const;

/** The shop's one HTTP API, throttled as a whole, with an access log. */
export class ShopHttpApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  private readonly integrations = new Map<ShopFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, { settings }: Platform) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { apiName: `${Aws.STACK_NAME}-shop`, createDefaultStage: false });
    const accessLog = new LogGroup(this, 'AccessLog', {
      logGroupName: `/aws/vendedlogs/http/${Aws.STACK_NAME}`, // see OrderSaga for the prefix
      retention: settings.logRetention,
      removalPolicy: removalPolicyOf(settings),
    });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: settings.apiThrottle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
  }

  get url(): string {
    return this.stage.url;
  }

  addRoute({ method, path, handler, access }: ShopRoute): void {
    for (const route of this.api.addRoutes({ path, methods: [method], integration: this.integrationWith(handler) })) {
      acknowledge(route, 'AwsSolutions-APIG4', access.reason);
    }
  }

  /** One integration a function, however many routes lead to it. */
  private integrationWith(handler: ShopFunction): HttpLambdaIntegration {
    const known = this.integrations.get(handler);
    if (known !== undefined) return known;
    const integration = new HttpLambdaIntegration(handler.node.id, handler.lambda);
    this.integrations.set(handler, integration);
    return integration;
  }
}
