import type { AwsJsonApi, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, optionalString, pageOf, requiredString } from '../shared/aws-input.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import type { LogEvent } from './log-file.ts';
import type { LogsService } from './logs-service.ts';
import { jsonApi } from '../shared/json-api.ts';

const INVALID = 'InvalidParameterException';
/** A group has one stream: the runtime is one process, and its environments are no machines. */
const STREAM = 'runtime';
const MAX_EVENTS = 10_000;

/** The reading side of CloudWatch Logs. */
export function logsApi(service: LogsService): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'Logs_20140328',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      DescribeLogGroups: (input) => describeGroups(service, input),
      DescribeLogStreams: (input) => describeStreams(service, input),
      FilterLogEvents: (input) => filterEvents(service, input),
      GetLogEvents: (input) => getEvents(service, input),
    },
  });
}

function describeGroups(service: LogsService, input: JsonObject): JsonObject {
  const prefix = optionalString(input, 'logGroupNamePrefix', INVALID) ?? '';
  const part = optionalString(input, 'logGroupNamePattern', INVALID) ?? '';
  const limit = integerBetween(input, 'limit', { min: 1, max: 50, fallback: 50 }, INVALID);
  const groups = service.groups().filter(({ name }) => name.startsWith(prefix) && name.includes(part));
  const page = pageOf(groups, limit, optionalString(input, 'nextToken', INVALID), INVALID);
  const logGroups = page.items.map(({ name, arn, createdMs }) => ({
    logGroupName: name,
    creationTime: createdMs,
    arn: `${arn}:*`,
    logGroupArn: arn,
    logGroupClass: 'STANDARD',
  }));
  return { logGroups, ...(page.nextToken && { nextToken: page.nextToken }) };
}

async function describeStreams(service: LogsService, input: JsonObject): Promise<JsonObject> {
  const name = groupName(input);
  integerBetween(input, 'limit', { min: 1, max: 50, fallback: 50 }, INVALID);
  const events = await eventsOf(service, name);
  const first = events[0];
  if (!first) return { logStreams: [] };
  const stream = {
    logStreamName: STREAM,
    arn: `${service.arnOf(name)}:log-stream:${STREAM}`,
    creationTime: first.timestamp,
    firstEventTimestamp: first.timestamp,
    lastEventTimestamp: events.at(-1)?.timestamp,
  };
  return { logStreams: [stream] };
}

async function filterEvents(service: LogsService, input: JsonObject): Promise<JsonObject> {
  const matches = compileFilterPattern(optionalString(input, 'filterPattern', INVALID) ?? '');
  const limit = integerBetween(input, 'limit', { min: 1, max: MAX_EVENTS, fallback: MAX_EVENTS }, INVALID);
  const after = optionalString(input, 'nextToken', INVALID) ?? '';
  const events = (await eventsOf(service, groupName(input), timeOf(input, 'startTime', 0)))
    .filter(withinTimes(input))
    .filter(({ eventId, message }) => eventId > after && matches(message));
  const page = events.slice(0, limit);
  return {
    events: page.map((event) => ({ ...event, logStreamName: STREAM })),
    searchedLogStreams: [],
    ...(page.length < events.length && { nextToken: page.at(-1)?.eventId }),
  };
}

/** Tokens name the event at the page's edge: `f/…` goes on after it, `b/…` before it. */
async function getEvents(service: LogsService, input: JsonObject): Promise<JsonObject> {
  if (requiredString(input, 'logStreamName', INVALID) !== STREAM) throw noSuch('log stream');
  const limit = integerBetween(input, 'limit', { min: 1, max: MAX_EVENTS, fallback: MAX_EVENTS }, INVALID);
  const events = (await eventsOf(service, groupName(input))).filter(withinTimes(input));
  const token = optionalString(input, 'nextToken', INVALID);
  const [direction, edge = ''] = token?.split('/') ?? [input['startFromHead'] === true ? 'f' : 'b', ''];
  const forward = direction === 'f';
  const remaining = events.filter(({ eventId }) => !edge || (forward ? eventId > edge : eventId < edge));
  const page = forward ? remaining.slice(0, limit) : remaining.slice(-limit);
  return {
    events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
    nextForwardToken: `f/${page.at(-1)?.eventId ?? edge}`,
    nextBackwardToken: `b/${page[0]?.eventId ?? edge}`,
  };
}

interface ReadEvent {
  readonly eventId: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

async function eventsOf(service: LogsService, logGroup: string, fromMs?: number): Promise<ReadEvent[]> {
  const events = await service.events(logGroup, fromMs);
  if (!events) throw noSuch('log group');
  return withIds(events);
}

/** Ids order as the events do: the time, then the place among events of the same millisecond. */
function withIds(events: readonly LogEvent[]): ReadEvent[] {
  let previousMs = -1;
  let place = 0;
  return events.map(({ timestampMs, message }) => {
    place = timestampMs === previousMs ? place + 1 : 0;
    previousMs = timestampMs;
    const eventId = `${String(timestampMs).padStart(20, '0')}${String(place).padStart(12, '0')}`;
    return { eventId, timestamp: timestampMs, ingestionTime: timestampMs, message };
  });
}

function withinTimes(input: JsonObject): (event: ReadEvent) => boolean {
  const from = timeOf(input, 'startTime', 0);
  const to = timeOf(input, 'endTime', Number.MAX_SAFE_INTEGER);
  return ({ timestamp }) => timestamp >= from && timestamp < to;
}

/** Milliseconds since 1970. */
function timeOf(input: JsonObject, member: string, fallback: number): number {
  return integerBetween(input, member, { min: 0, max: Number.MAX_SAFE_INTEGER, fallback }, INVALID);
}

function groupName(input: JsonObject): string {
  const identifier = optionalString(input, 'logGroupIdentifier', INVALID);
  if (identifier === undefined) return requiredString(input, 'logGroupName', INVALID);
  return identifier.startsWith('arn:') ? (identifier.split(':')[6] ?? '') : identifier;
}

function noSuch(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', `The specified ${what} does not exist.`);
}
