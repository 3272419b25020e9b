import type { AwsRestApi, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerInQuery, optionalString, pageOf, requiredString } from '../shared/aws-input.ts';
import { restInput } from '../shared/json-api.ts';
import { jsonResponse, restApi, route } from '../shared/rest-routes.ts';
import { DEFAULT_GROUP, type Schedule, type ScheduleRequest, type ScheduleTarget } from './schedule.ts';
import type { ScheduleGroup, SchedulerService } from './scheduler-service.ts';

const INVALID = 'ValidationException';

/** The EventBridge Scheduler API: create, update, get, list and delete schedules; create and list groups. */
export function schedulerApi(service: SchedulerService): AwsRestApi {
  return restApi([
    route('GET', '/schedules', ({ query }) => jsonResponse(listSchedules(service, query))),
    route('POST', '/schedules/{name}', async (request, { name }) =>
      jsonResponse(await create(service, name, restInput('scheduler.CreateSchedule', request.body, INVALID))),
    ),
    route('PUT', '/schedules/{name}', async (request, { name }) =>
      jsonResponse(await update(service, name, restInput('scheduler.UpdateSchedule', request.body, INVALID))),
    ),
    route('GET', '/schedules/{name}', ({ query }, { name }) =>
      jsonResponse(describe(service, service.get(groupIn(query), name))),
    ),
    route('DELETE', '/schedules/{name}', async ({ query }, { name }) => {
      await service.delete(groupIn(query), name);
      return jsonResponse({});
    }),
    route('GET', '/schedule-groups', ({ query }) => {
      const { items, nextToken } = pageIn(service.groups(), query);
      return jsonResponse({ ScheduleGroups: items.map(groupSummary(service)), ...nextToken });
    }),
    route('GET', '/schedule-groups/{name}', (_, { name }) => jsonResponse(getGroup(service, name))),
    route('POST', '/schedule-groups/{name}', async (_, { name }) => jsonResponse(await createGroup(service, name))),
  ]);
}

function groupIn(query: URLSearchParams): string {
  return query.get('groupName') ?? DEFAULT_GROUP;
}

async function createGroup(service: SchedulerService, name: string): Promise<JsonObject> {
  if (service.groups().some((group) => group.name === name)) {
    throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
  }
  await service.declareGroup(name);
  return { ScheduleGroupArn: service.groupArn(name) };
}

function getGroup(service: SchedulerService, name: string): JsonObject {
  const found = service.groups().find((group) => group.name === name);
  if (!found) throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
  return groupSummary(service)(found);
}

function groupSummary(service: SchedulerService) {
  return ({ name, createdAtMs }: ScheduleGroup): JsonObject => ({
    Name: name,
    Arn: service.groupArn(name),
    State: 'ACTIVE',
    CreationDate: createdAtMs / 1000,
    LastModificationDate: createdAtMs / 1000,
  });
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
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) throw new AwsError(INVALID, `Schedule name ${name} is not valid.`);
  if (input.FlexibleTimeWindow?.Mode !== 'OFF') {
    throw new AwsError(INVALID, 'The embedded runtime supports FlexibleTimeWindow mode OFF only.');
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
  if (Number.isNaN(timeMs)) throw new AwsError(INVALID, `${String(value)} is not a date.`);
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
  const { items, nextToken } = pageIn(chosen, query);
  const Schedules = items.map((schedule) => ({ ...summary(service, schedule), Target: { Arn: schedule.target.Arn } }));
  return { Schedules, ...nextToken };
}

function pageIn<T>(all: readonly T[], query: URLSearchParams): { items: readonly T[]; nextToken: JsonObject } {
  const limit = integerInQuery(query, 'MaxResults', { min: 1, max: 100, fallback: 100 });
  const page = pageOf(all, limit, query.get('NextToken') ?? undefined, INVALID);
  return { items: page.items, nextToken: page.nextToken ? { NextToken: page.nextToken } : {} };
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
