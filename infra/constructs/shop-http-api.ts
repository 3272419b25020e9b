import { Aws } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  type HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

/** Who may call. A route without an authorizer says why it may have none. */
export type RouteAccess =
  | { readonly kind: 'open'; readonly reason: string }
  | { readonly kind: 'signedIn'; readonly authorizer: IHttpRouteAuthorizer };

export interface ShopRoute {
  readonly method: HttpMethod;
  readonly path: `/${string}`;
  readonly handler: ShopFunction;
  readonly access: RouteAccess;
}

/**
 * No header and no claim of the caller, but their address: without it nobody can tell an attack from a rush, nor keep
 * the attacker out (docs/decisions/0024).
 */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  gatewayError: '$context.error.message',
  authorizerError: '$context.authorizer.error',
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
      retention: settings.accessLogRetention,
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
    const routes = this.api.addRoutes({
      path,
      methods: [method],
      integration: this.integrationWith(handler),
      ...(access.kind === 'signedIn' && { authorizer: access.authorizer }),
    });
    if (access.kind === 'open') for (const route of routes) acknowledge(route, 'AwsSolutions-APIG4', access.reason);
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
