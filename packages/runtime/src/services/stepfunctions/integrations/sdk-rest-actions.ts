import type { AwsCall, AwsRestApi, JsonObject, RestResponse } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';

/** Where the members of one action's input go in its request; the others are its JSON body. */
interface RestAction {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With a label for each member that stands in the path. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The member that is the whole body. */
  readonly payload?: string;
  readonly result?: (answer: RestResponse) => JsonObject;
}

const FUNCTIONS = '/2015-03-31/functions';
const MAPPINGS = '/2015-03-31/event-source-mappings';
const IDENTITIES = '/v2/email/identities';
const QUALIFIER = { Qualifier: 'Qualifier' };
const GROUP = { GroupName: 'groupName' };
const PAGE = { NextToken: 'NextToken', MaxResults: 'MaxResults', NamePrefix: 'NamePrefix' };
const MARKED = { Marker: 'Marker', MaxItems: 'MaxItems' };

/** The bindings of the services' API models, for what the runtime serves of them. */
export const REST_ACTIONS: Readonly<Record<string, Readonly<Record<string, RestAction>>>> = {
  lambda: {
    invoke: {
      method: 'POST',
      path: `${FUNCTIONS}/{FunctionName}/invocations`,
      query: QUALIFIER,
      headers: {
        InvocationType: 'x-amz-invocation-type',
        LogType: 'x-amz-log-type',
        ClientContext: 'x-amz-client-context',
      },
      payload: 'Payload',
      result: invocation,
    },
    getFunction: { method: 'GET', path: `${FUNCTIONS}/{FunctionName}`, query: QUALIFIER },
    getFunctionConfiguration: { method: 'GET', path: `${FUNCTIONS}/{FunctionName}/configuration`, query: QUALIFIER },
    listFunctions: { method: 'GET', path: FUNCTIONS, query: MARKED },
    listEventSourceMappings: {
      method: 'GET',
      path: MAPPINGS,
      query: { ...MARKED, FunctionName: 'FunctionName', EventSourceArn: 'EventSourceArn' },
    },
    getEventSourceMapping: { method: 'GET', path: `${MAPPINGS}/{UUID}` },
    updateEventSourceMapping: { method: 'PUT', path: `${MAPPINGS}/{UUID}` },
  },
  scheduler: {
    createSchedule: { method: 'POST', path: '/schedules/{Name}' },
    updateSchedule: { method: 'PUT', path: '/schedules/{Name}' },
    getSchedule: { method: 'GET', path: '/schedules/{Name}', query: GROUP },
    deleteSchedule: { method: 'DELETE', path: '/schedules/{Name}', query: GROUP },
    listSchedules: { method: 'GET', path: '/schedules', query: { ...PAGE, GroupName: 'ScheduleGroup' } },
    createScheduleGroup: { method: 'POST', path: '/schedule-groups/{Name}' },
    getScheduleGroup: { method: 'GET', path: '/schedule-groups/{Name}' },
    listScheduleGroups: { method: 'GET', path: '/schedule-groups', query: PAGE },
  },
  sesv2: {
    sendEmail: { method: 'POST', path: '/v2/email/outbound-emails' },
    createEmailIdentity: { method: 'POST', path: IDENTITIES },
    getEmailIdentity: { method: 'GET', path: `${IDENTITIES}/{EmailIdentity}` },
    deleteEmailIdentity: { method: 'DELETE', path: `${IDENTITIES}/{EmailIdentity}` },
    listEmailIdentities: { method: 'GET', path: IDENTITIES, query: { NextToken: 'NextToken', PageSize: 'PageSize' } },
  },
};

/** @throws AwsError as the service does; UnknownOperationException when it has no such route. */
export async function callRest(
  api: readonly AwsRestApi[],
  action: RestAction,
  input: JsonObject,
  call: AwsCall,
): Promise<JsonObject> {
  const { rest, path } = pathOf(action.path, input);
  const query = new URLSearchParams(taken(rest, action.query));
  const headers = taken(rest, action.headers);
  const body = Buffer.from(bodyOf(action, rest));
  for (const service of api) {
    const answer = await service.route({ method: action.method, path, query, headers, body, call });
    if (answer) return action.result ? action.result(answer) : parsed(answer.body);
  }
  throw new AwsError('UnknownOperationException', `${action.method} ${path} is not served.`);
}

function pathOf(template: string, input: JsonObject): { path: string; rest: JsonObject } {
  const rest = { ...input };
  const path = template.replaceAll(/\{(\w+)\}/g, (_label, member: string) => {
    const value: unknown = rest[member];
    if (typeof value !== 'string' || value === '') throw new AwsError('ValidationException', `${member} is required.`);
    delete rest[member];
    return encodeURIComponent(value);
  });
  return { path, rest };
}

/** Takes the members out of the input that have a place of their own. */
function taken(input: JsonObject, places: Readonly<Record<string, string>> = {}): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [member, place] of Object.entries(places)) {
    if (input[member] !== undefined) found[place] = String(input[member]);
    delete input[member];
  }
  return found;
}

function bodyOf({ method, payload }: RestAction, input: JsonObject): string {
  if (payload === undefined) return method === 'GET' || method === 'DELETE' ? '' : JSON.stringify(input);
  const value: unknown = input[payload];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parsed(body: string | Buffer | undefined): JsonObject {
  const text = body?.toString() ?? '';
  return text === '' ? {} : (JSON.parse(text) as JsonObject);
}

/** The payload stays text: only the optimised integration parses it. */
function invocation({ statusCode, headers = {}, body }: RestResponse): JsonObject {
  const [version, error] = [headers['x-amz-executed-version'], headers['x-amz-function-error']];
  const log = headers['x-amz-log-result'];
  return {
    ...(version !== undefined && { ExecutedVersion: version }),
    ...(error !== undefined && { FunctionError: error }),
    ...(log !== undefined && { LogResult: log }),
    Payload: body?.toString() ?? '',
    StatusCode: statusCode,
  };
}
