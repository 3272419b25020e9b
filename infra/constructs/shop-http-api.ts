import { Aws, CfnCondition, Duration, Fn } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnApi,
  type CfnRoute,
  type CfnStage,
  HttpApi,
  type HttpMethod,
  HttpStage,
  type IHttpRoute,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EnvironmentSettings } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import { cfnResourceOf, removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

/** Who may call. A route without an authorizer says why it may have none. */
export type RouteAccess =
  | { readonly kind: 'open'; readonly reason: string }
  | {
      readonly kind: 'signedIn';
      readonly authorizer: IHttpRouteAuthorizer;
      /** Operators are few: their routes have a limit of their own. */
      readonly who: 'customers' | 'operators';
    };

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

/** What another page sends and reads beside what every page may; the shop's own is of the API's origin. */
const PAGE_SENDS = ['authorization', 'content-type', 'idempotency-key', 'if-match'];
const PAGE_READS = ['etag', 'location', 'retry-after'];

type Throttle = EnvironmentSettings['apiThrottle'];

export interface ShopHttpApiProps {
  readonly platform: Platform;
  /** Of other pages whose scripts may call the API, with commas between them; empty: none. */
  readonly allowedOrigins: string;
}

/** The shop's one HTTP API, throttled as a whole and by kinds of routes, with an access log. */
export class ShopHttpApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  private readonly integrations = new Map<ShopFunction, HttpLambdaIntegration>();
  private readonly settings: EnvironmentSettings;

  constructor(scope: Construct, id: string, { platform: { settings }, allowedOrigins }: ShopHttpApiProps) {
    super(scope, id);
    this.settings = settings;
    this.api = new HttpApi(this, 'Api', { apiName: `${Aws.STACK_NAME}-shop`, createDefaultStage: false });
    this.answerPagesOf(allowedOrigins);
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
    const limit = this.limitOf(access);
    for (const route of routes) {
      if (access.kind === 'open') acknowledge(route, 'AwsSolutions-APIG4', access.reason);
      if (limit !== undefined) this.throttleByItself(`${method} ${path}`, route, limit);
    }
  }

  private limitOf(access: RouteAccess): Throttle | undefined {
    if (access.kind === 'open') return this.settings.openRouteThrottle;
    return access.who === 'operators' ? this.settings.operatorRouteThrottle : undefined;
  }

  /** Said below the construct, which wants to know at the synth whether there is any. */
  private answerPagesOf(origins: string): void {
    const hasOrigins = new CfnCondition(this, 'HasAllowedOrigins', {
      expression: Fn.conditionNot(Fn.conditionEquals(origins, '')),
    });
    const cors = {
      AllowOrigins: Fn.split(',', origins),
      AllowMethods: ['GET', 'PUT', 'POST', 'DELETE'],
      AllowHeaders: PAGE_SENDS,
      ExposeHeaders: PAGE_READS,
      MaxAge: Duration.hours(1).toSeconds(),
    };
    const value = { 'Fn::If': [hasOrigins.logicalId, cors, { Ref: 'AWS::NoValue' }] };
    cfnResourceOf(this.api, CfnApi).addPropertyOverride('CorsConfiguration', value);
  }

  /** A stage takes settings only of routes that are there already. */
  private throttleByItself(routeKey: string, route: IHttpRoute, { rateLimit, burstLimit }: Throttle): void {
    const stage = this.stage.node.defaultChild as CfnStage;
    stage.addPropertyOverride(`RouteSettings.${routeKey.replaceAll('.', '\\.')}`, {
      ThrottlingRateLimit: rateLimit,
      ThrottlingBurstLimit: burstLimit,
    });
    stage.addResourceDependency(route.node.defaultChild as CfnRoute);
  }

  /** One integration a function, however many routes lead to it. */
  private integrationWith(handler: ShopFunction): HttpLambdaIntegration {
    const known = this.integrations.get(handler);
    if (known !== undefined) return known;
    const integration = new HttpLambdaIntegration(handler.node.id, handler.live, {
      // One permission a function and not one a route: a stack may have 500 resources.
      scopePermissionToRoute: false,
    });
    this.integrations.set(handler, integration);
    return integration;
  }
}
