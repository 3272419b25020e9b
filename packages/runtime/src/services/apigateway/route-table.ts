/** A route of an HTTP API, e.g. `GET /pets/{petId}`, `ANY /{proxy+}` or `$default`. */
export interface Route {
  readonly routeId: string;
  readonly routeKey: string;
  readonly integrationId: string;
  readonly authorizerId?: string | undefined;
  /** Scopes of which a token must carry at least one; empty: none asked. */
  readonly scopes: readonly string[];
}

export interface RouteMatch {
  readonly route: Route;
  /** Values decoded; undefined when the path has no variables. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}

const DEFAULT_ROUTE = '$default';
const ANY = 'ANY';

/** Rank of a segment: what is named exactly wins over a variable, a variable over a greedy one. */
const EXACT = 0;
const VARIABLE = 1;
const GREEDY = 2;

interface Segment {
  readonly rank: typeof EXACT | typeof VARIABLE | typeof GREEDY;
  /** The text of an exact segment, the name of a variable. */
  readonly text: string;
}

interface CompiledRoute {
  readonly route: Route;
  readonly method: string;
  readonly segments: readonly Segment[];
}

/**
 * Finds the route of a request: the most specific path first, compared segment by segment; within one path the named
 * method before ANY; `$default` last. A path whose routes have neither the method nor ANY does not hide a less
 * specific one. (API Gateway guide, "Create routes for HTTP APIs": full match, then greedy, then $default.)
 */
export class RouteTable {
  #routes: CompiledRoute[] = [];
  #default: Route | undefined;

  /** @throws Error for a route key that is not `METHOD /path` or `$default`, and for one that is taken. */
  add(route: Route): void {
    if (this.all().some(({ routeKey }) => routeKey === route.routeKey)) {
      throw new Error(`Route ${route.routeKey} is declared twice.`);
    }
    if (route.routeKey === DEFAULT_ROUTE) {
      this.#default = route;
      return;
    }
    this.#routes = [...this.#routes, compile(route)].sort(bySpecificity);
  }

  all(): Route[] {
    const routes = this.#routes.map(({ route }) => route);
    return this.#default ? [...routes, this.#default] : routes;
  }

  /**
   * @param path still URL-encoded, without the stage. Variables are cut before decoding, so an encoded slash stays
   * inside its variable.
   * @throws URIError for a malformed escape.
   */
  match(method: string, path: string): RouteMatch | undefined {
    const segments = path.slice(1).split('/');
    for (const candidate of this.#routes) {
      if (candidate.method !== method && candidate.method !== ANY) continue;
      const pathParameters = matchSegments(candidate.segments, segments);
      if (pathParameters) return withParameters(candidate.route, pathParameters);
    }
    return this.#default && { route: this.#default };
  }
}

function withParameters(route: Route, pathParameters: Record<string, string>): RouteMatch {
  return Object.keys(pathParameters).length > 0 ? { route, pathParameters } : { route };
}

function compile(route: Route): CompiledRoute {
  const parts = /^([A-Z]+) (\/.*)$/.exec(route.routeKey);
  if (!parts) throw new Error(`Route key ${route.routeKey} is neither "METHOD /path" nor ${DEFAULT_ROUTE}.`);
  const [, method = '', path = ''] = parts;
  const segments = path.slice(1).split('/').map(compileSegment);
  if (segments.slice(0, -1).some(({ rank }) => rank === GREEDY)) {
    throw new Error(`Route key ${route.routeKey}: a greedy variable must stand at the end.`);
  }
  return { route, method, segments };
}

function compileSegment(text: string): Segment {
  const variable = /^\{([^{}+]+)(\+?)\}$/.exec(text);
  if (!variable) return { rank: EXACT, text };
  return { rank: variable[2] ? GREEDY : VARIABLE, text: variable[1] ?? '' };
}

function bySpecificity(left: CompiledRoute, right: CompiledRoute): number {
  const shared = Math.min(left.segments.length, right.segments.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (left.segments[index]?.rank ?? EXACT) - (right.segments[index]?.rank ?? EXACT);
    if (difference !== 0) return difference;
  }
  if (left.segments.length !== right.segments.length) return right.segments.length - left.segments.length;
  return Number(left.method === ANY) - Number(right.method === ANY);
}

/** The variables' values, or undefined when the path is another one. A variable never stands for nothing. */
function matchSegments(wanted: readonly Segment[], given: readonly string[]): Record<string, string> | undefined {
  const greedy = wanted.at(-1)?.rank === GREEDY;
  if (greedy ? given.length < wanted.length : given.length !== wanted.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, { rank, text }] of wanted.entries()) {
    const value = rank === GREEDY ? given.slice(index).join('/') : (given[index] ?? '');
    if (rank === EXACT ? value !== text && decodeURIComponent(value) !== text : value === '') return undefined;
    if (rank !== EXACT) parameters[text] = decodeURIComponent(value);
  }
  return parameters;
}
