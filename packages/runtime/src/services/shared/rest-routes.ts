import type { AwsRestApi, JsonObject, RestRequest, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from './aws-error.ts';

/** One operation of a REST API. */
export interface RestRoute {
  readonly method: RestMethod;
  /** Undefined when the path is another one. @throws AwsError ValidationException for a malformed escape. */
  readonly match: (path: string) => Readonly<Record<string, string>> | undefined;
  readonly answer: (request: RestRequest, labels: Readonly<Record<string, string>>) => RestAnswer;
}

/** ANY: whatever no route above it takes. */
export type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ANY';
type RestAnswer = RestResponse | Promise<RestResponse>;
type LabelOf<Path extends string> = Path extends `${string}{${infer Label}}${infer Rest}`
  ? Label | LabelOf<Rest>
  : never;

/**
 * A route as API models write it: `route('GET', '/functions/{name}', (request, { name }) => …)`. A label is one whole
 * segment, and comes decoded; a slash at the end of the path changes nothing, because older SDKs send one.
 */
export function route<Path extends string>(
  method: RestMethod,
  path: Path,
  answer: (request: RestRequest, labels: Readonly<Record<LabelOf<Path>, string>>) => RestAnswer,
): RestRoute {
  return { method, match: pathMatcher(path), answer };
}

/** An API of routes; the first one that fits answers. */
export function restApi(routes: readonly RestRoute[]): AwsRestApi {
  return {
    route(request) {
      for (const { method, match, answer } of routes) {
        const labels = method === 'ANY' || method === request.method ? match(request.path) : undefined;
        if (labels) return (async () => answer(request, labels))();
      }
      return undefined;
    },
  };
}

export function jsonResponse(body: JsonObject, statusCode = 200): RestResponse {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function pathMatcher(template: string): RestRoute['match'] {
  const names = Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
  const literals = template.split(/\{\w+\}/).map((literal) => RegExp.escape(literal));
  const pattern = new RegExp(`^${literals.join('([^/]+)')}/?$`);
  return (path) => {
    const match = pattern.exec(path);
    return match ? Object.fromEntries(names.map((name, index) => [name, decoded(match[index + 1] ?? '')])) : undefined;
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) throw new AwsError('ValidationException', `${segment} is a malformed URL escape.`);
    throw error;
  }
}
