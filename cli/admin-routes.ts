import * as z from 'zod';
import type { Deployment } from './deployment.ts';
import { invokeFunction } from './orders/invoke-function.ts';
import { UserError } from './user-error.ts';

/** A route of the group `admin` of the shop's HTTP API, with what is asked of it. */
export interface AdminRequest {
  /** As API Gateway writes it: `GET /admin/orders/{orderId}/trace`. */
  readonly route: `${'GET' | 'POST' | 'PUT'} /${string}`;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Who asks, where something is changed: it is recorded (`operatorOf`). */
  readonly actor?: string;
  /** Output of the stack that names the function which serves the route. */
  readonly servedBy?:
    | 'ServeAdminFunctionName'
    | 'ServeOrdersFunctionName'
    | 'ServeCustomersFunctionName'
    | 'ServeInventoryFunctionName';
}

interface HttpAnswer {
  readonly statusCode: number;
  readonly body?: string;
}

/**
 * Asks the function behind the admin routes, so that the command line shows what the page shows. Whoever may invoke the
 * function is an operator: IAM says so, and no password of the shop is needed.
 * @returns undefined for what does not exist (404). @throws UserError with the problem that came instead of an answer.
 */
export async function askAdmin<Schema extends z.ZodType>(
  deployment: Deployment,
  { servedBy = 'ServeAdminFunctionName', ...request }: AdminRequest,
  schema: Schema,
): Promise<z.infer<Schema> | undefined> {
  const answer = (await invokeFunction(deployment, servedBy, eventOf(request))) as HttpAnswer;
  if (answer.statusCode === 404) return undefined;
  if (answer.statusCode > 299) throw new UserError(refusalIn(request.route, answer));
  return schema.parse(JSON.parse(answer.body ?? 'null'));
}

/** In words where the answer is a problem document, as all of the shop's are. */
function refusalIn(route: string, { statusCode, body = '' }: HttpAnswer): string {
  const problem = Problem.safeParse(parsedJson(body));
  if (!problem.success) return `${route} was refused: ${statusCode} ${body}`;
  const { title, code, detail, errors = [], ...facts } = problem.data;
  const fields = errors.map(({ field, message }) => `${field}: ${message}`);
  const further = Object.entries(facts)
    .filter(([name]) => !OF_EVERY_PROBLEM.includes(name))
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return [`${title} (${code})`, ...(detail === undefined ? [] : [detail]), ...fields, ...further].join('; ');
}

const Problem = z.looseObject({
  title: z.string(),
  code: z.string(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
const OF_EVERY_PROBLEM: readonly string[] = ['type', 'status', 'requestId'];

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an answer of something before the shop
  }
}

/** The event of payload format 2.0, as API Gateway makes it of a request with an operator's token. */
function eventOf({ route, params, query, headers, body, actor = READER }: Omit<AdminRequest, 'servedBy'>) {
  const [method, template = ''] = route.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_match, name: string) => params?.[name] ?? '');
  const claims = { sub: actor, token_use: 'access', 'cognito:groups': '[admin]' };
  return {
    version: '2.0',
    routeKey: route,
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(query && { queryStringParameters: query }),
    ...(params && { pathParameters: params }),
    ...(body && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: { requestId: 'orders-command', http: { method, path }, authorizer: { jwt: { claims } } },
  };
}

/** Whoever only looks is recorded nowhere. */
const READER = 'operator';
