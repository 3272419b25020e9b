import type { AccessLogSettings } from './access-log.ts';
import type { CorsConfiguration } from './cors.ts';
import type { JwtAuthorizer } from './jwt-authorizer.ts';
import { RouteTable } from './route-table.ts';

export interface Integration {
  readonly integrationId: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
}

export interface ThrottleLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly throttle: ThrottleLimits;
  /** By route key. */
  readonly routeThrottles: Readonly<Record<string, ThrottleLimits>>;
  readonly accessLog: AccessLogSettings | undefined;
}

/** Account quota of API Gateway; holds where a stage says nothing. */
export const DEFAULT_THROTTLE: ThrottleLimits = { ratePerSecond: 10_000, burst: 5_000 };
export const DEFAULT_STAGE = '$default';

/** An HTTP API as the template describes it. */
export class HttpApi {
  readonly apiId: string;
  readonly name: string;
  readonly cors: CorsConfiguration | undefined;
  readonly routes = new RouteTable();
  readonly integrations = new Map<string, Integration>();
  readonly authorizers = new Map<string, JwtAuthorizer>();
  readonly stages = new Map<string, Stage>();

  constructor(description: { apiId: string; name: string; cors: CorsConfiguration | undefined }) {
    this.apiId = description.apiId;
    this.name = description.name;
    this.cors = description.cors;
  }

  /** A path that begins with a stage's name goes to that stage, everything else to `$default`. */
  resolveStage(path: string): { stage: Stage; pathInStage: string } | undefined {
    const [, first = ''] = path.split('/', 2);
    const named = first === DEFAULT_STAGE ? undefined : this.stages.get(first);
    if (named) return { stage: named, pathInStage: path.slice(first.length + 1) || '/' };
    const stage = this.stages.get(DEFAULT_STAGE);
    return stage && { stage, pathInStage: path };
  }
}
