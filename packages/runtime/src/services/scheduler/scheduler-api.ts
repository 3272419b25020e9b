import type { AwsRestApi, JsonObject, RestRequest, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import { DEFAULT_GROUP, type Schedule, type ScheduleRequest, type ScheduleTarget } from './schedule.ts';
import type { SchedulerService } from './scheduler-service.ts';

const paths = /^\/(schedules|schedule-groups)(?:\/([^/]+))?$/;

/** The EventBridge Scheduler API: create, update, get, list and delete schedules; create and list groups. */
export function schedulerApi(service: SchedulerService): AwsRestApi {
  return {
    route(request) {
      const match = paths.exec(request.path);
      if (!match) return undefined;
      const name = match[2] === undefined ? undefined : decodeURIComponent(match[2]);
      return match[1] === 'schedules' ? schedules(service, request, name) : groups(service, request, name);
    },
  };
}

async function schedules(
  service: SchedulerService,
  request: RestRequest,
  name: string | undefined,
): Promise<RestResponse> {
  const group = request.query.get('groupName') ?? DEFAULT_GROUP;
  if (name === undefined && request.method === 'GET') return json(listSchedules(service, request.query));
  if (name === undefined) throw notSupported(request);
  switch (request.method) {
    case 'POST':
      return json(await create(service, name, bodyOf(request)));
    case 'PUT':
      return json(await update(service, name, bodyOf(request)));
    case 'GET':
      return json(describe(service, service.get(group, name)));
    case 'DELETE':
      await service.delete(group, name);
      return json({});
    default:
      throw notSupported(request);
  }
}

async function groups(
  service: SchedulerService,
  request: RestRequest,
  name: string | undefined,
): Promise<RestResponse> {
  if (request.method === 'POST' && name) {
    if (service.groups().some((group) => group.name === name)) {
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
    }
    await service.declareGroup(name);
    return json({ ScheduleGroupArn: service.groupArn(name) });
  }
  if (request.method !== 'GET') throw notSupported(request);
  const entries = service.groups().map((group) => ({
    Name: group.name,
    Arn: service.groupArn(group.name),
    State: 'ACTIVE',
    CreationDate: group.createdAtMs / 1000,
    LastModificationDate: group.createdAtMs / 1000,
  }));
  if (name === undefined) return json({ ScheduleGroups: entries });
  const found = entries.find((entry) => entry.Name === name);
  if (!found) throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
  return json(found);
}

async function create(service: SchedulerService, name: string, input: JsonObject): Promise<JsonObject> {
  const schedule = requestOf(name, input);
  if (service.find(schedule.groupName, name)) {
    throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
  }
  await service.save(schedule);
  return { ScheduleArn: service.arnOf(schedule.groupName, name) };
}

async function update(service: SchedulerService, name: string, input: JsonObject): Promise<JsonObject> {
  const schedule = requestOf(name, input);
  const { declared } = service.get(schedule.groupName, name);
  await service.save({ ...schedule, declared });
  return { ScheduleArn: service.arnOf(schedule.groupName, name) };
}

/** @throws AwsError ValidationException. */
export function requestOf(name: string, input: JsonObject): ScheduleRequest {
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name))
    throw new AwsError('ValidationException', `Schedule name ${name} is not valid.`);
  if (input.FlexibleTimeWindow?.Mode !== 'OFF') {
    throw new AwsError('ValidationException', 'The embedded runtime supports FlexibleTimeWindow mode OFF only.');
  }
  return {
    name,
    groupName: optionalString(input, 'GroupName') ?? DEFAULT_GROUP,
    description: optionalString(input, 'Description'),
    expression: requiredString(input, 'ScheduleExpression'),
    timeZone: optionalString(input, 'ScheduleExpressionTimezone') ?? 'UTC',
    state: input.State === 'DISABLED' ? 'DISABLED' : 'ENABLED',
    startMs: dateMs(input.StartDate),
    endMs: dateMs(input.EndDate),
    deleteAfterCompletion: input.ActionAfterCompletion === 'DELETE',
    target: (input.Target ?? {}) as ScheduleTarget,
    declared: false,
  };
}

/** Epoch seconds (API) or ISO text (template). */
function dateMs(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const timeMs = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (Number.isNaN(timeMs)) throw new AwsError('ValidationException', `${String(value)} is not a date.`);
  return timeMs;
}

function describe(service: SchedulerService, schedule: Schedule): JsonObject {
  return {
    ...summary(service, schedule),
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: schedule.target,
    ActionAfterCompletion: schedule.deleteAfterCompletion ? 'DELETE' : 'NONE',
    ...(schedule.description && { Description: schedule.description }),
    ...(schedule.startMs !== undefined && { StartDate: schedule.startMs / 1000 }),
    ...(schedule.endMs !== undefined && { EndDate: schedule.endMs / 1000 }),
  };
}

function listSchedules(service: SchedulerService, query: URLSearchParams): JsonObject {
  const group = query.get('ScheduleGroup');
  const prefix = query.get('NamePrefix') ?? '';
  const chosen = service
    .schedules()
    .filter((schedule) => (!group || schedule.groupName === group) && schedule.name.startsWith(prefix));
  return {
    Schedules: chosen.map((schedule) => ({ ...summary(service, schedule), Target: { Arn: schedule.target.Arn } })),
  };
}

function summary(service: SchedulerService, schedule: Schedule): JsonObject {
  return {
    Name: schedule.name,
    GroupName: schedule.groupName,
    Arn: service.arnOf(schedule.groupName, schedule.name),
    State: schedule.state,
    CreationDate: schedule.createdAtMs / 1000,
    LastModificationDate: schedule.modifiedAtMs / 1000,
  };
}

function bodyOf(request: RestRequest): JsonObject {
  try {
    return JSON.parse(request.body.toString()) as JsonObject;
  } catch (error) {
    throw new AwsError('ValidationException', `The request body is not JSON: ${(error as Error).message}`);
  }
}

function json(body: JsonObject): RestResponse {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function notSupported(request: RestRequest): AwsError {
  return new AwsError(
    'UnsupportedOperation',
    `${request.method} ${request.path} is not supported by the embedded runtime.`,
    404,
  );
}
