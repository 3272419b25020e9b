import { Aws, Duration, Fn } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnRoute,
  type CfnStage,
  CorsHttpMethod,
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

/** What a page of the shop sends and reads beside what every page may. */
const PAGE_SENDS = ['authorization', 'content-type', 'idempotency-key', 'if-match'];
const PAGE_READS = ['etag', 'location', 'retry-after'];

export interface ShopHttpApiProps {
  readonly platform: Platform;
  /** Page of the shop: scripts of its origin, and of no other, may call the API. */
  readonly pageUrl: string;
}

/** The shop's one HTTP API, throttled as a whole and by open route, with an access log. */
export class ShopHttpApi extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  private readonly integrations = new Map<ShopFunction, HttpLambdaIntegration>();

  private readonly openRouteThrottle: EnvironmentSettings['openRouteThrottle'];

  constructor(scope: Construct, id: string, { platform: { settings }, pageUrl }: ShopHttpApiProps) {
    super(scope, id);
    this.openRouteThrottle = settings.openRouteThrottle;
    this.api = new HttpApi(this, 'Api', {
      apiName: `${Aws.STACK_NAME}-shop`,
      createDefaultStage: false,
      corsPreflight: {
        allowOrigins: [originOf(pageUrl)],
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.PUT, CorsHttpMethod.POST, CorsHttpMethod.DELETE],
        allowHeaders: PAGE_SENDS,
        exposeHeaders: PAGE_READS,
        maxAge: Duration.hours(1),
      },
    });
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
    if (access.kind === 'signedIn') return;
    for (const route of routes) {
      acknowledge(route, 'AwsSolutions-APIG4', access.reason);
      this.throttleByItself(`${method} ${path}`, route);
    }
  }

  /** A stage takes settings only of routes that are there already. */
  private throttleByItself(routeKey: string, route: IHttpRoute): void {
    const { rateLimit, burstLimit } = this.openRouteThrottle;
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
    const integration = new HttpLambdaIntegration(handler.node.id, handler.live);
    this.integrations.set(handler, integration);
    return integration;
  }
}

/** Of a URL that is known at the deployment only: `https://shop.de/orders` gives `https://shop.de`. */
function originOf(url: string): string {
  const parts = Fn.split('/', url);
  return Fn.join('//', [Fn.select(0, parts), Fn.select(2, parts)]);
}
