import { isRecord } from '@order-workflow/states-language';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { BusEntry, EventBridgeService } from './eventbridge-service.ts';

const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 1_048_576;
const TIME_BYTES = 14;

interface RefusedEntry {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

/** PutEvents: each entry stands alone; one that is refused does not harm the others. */
export async function putEvents(service: EventBridgeService, input: JsonObject): Promise<JsonObject> {
  const entries = checkEntries(input);
  const parsed = entries.map((entry) => parseEntry(entry, service.nowMs()));
  const ids = await service.putAll(parsed.filter((entry): entry is BusEntry => !isRefused(entry)));
  const answers = parsed.map((entry) => (isRefused(entry) ? entry : { EventId: ids.shift()! }));
  return { FailedEntryCount: parsed.filter(isRefused).length, Entries: answers };
}

/** @throws AwsError ValidationException for what is wrong with the request as a whole. */
function checkEntries(input: JsonObject): JsonObject[] {
  const entries: unknown = input.Entries;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAX_ENTRIES) {
    const constraint = `Member must have length greater than or equal to 1 and less than or equal to ${MAX_ENTRIES}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: ${constraint}`,
    );
  }
  const sizeBytes = entries.reduce((sum: number, entry: JsonObject) => sum + entrySizeBytes(entry), 0);
  if (sizeBytes > MAX_REQUEST_BYTES) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  return entries as JsonObject[];
}

/** As the user guide computes it ("Calculating PutEvents event entry size"). */
function entrySizeBytes(entry: JsonObject): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...((entry.Resources as unknown[] | undefined) ?? [])];
  const textBytes = texts.reduce<number>(
    (sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 0),
    0,
  );
  return textBytes + (entry.Time === undefined ? 0 : TIME_BYTES);
}

function parseEntry(entry: JsonObject, nowMs: number): BusEntry | RefusedEntry {
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[name] !== 'string' || entry[name] === '') {
      return refused('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
    }
  }
  const { Source: source, DetailType: detailType, Detail: detailJson } = entry as Record<string, string>;
  if (source!.startsWith('aws.')) return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parseObject(detailJson!);
  if (!detail) return refused('MalformedDetail', 'Detail is malformed.');
  const timeMs = entry.Time === undefined || entry.Time === null ? nowMs : timeOf(entry.Time);
  if (Number.isNaN(timeMs)) return refused('InvalidArgument', 'Parameter Time is not valid.');
  const resources = ((entry.Resources as unknown[] | undefined) ?? []).map(String);
  const bus = entry.EventBusName as string | undefined;
  return { source: source!, detailType: detailType!, detailJson: detailJson!, detail, resources, timeMs, bus };
}

function refused(ErrorCode: string, ErrorMessage: string): RefusedEntry {
  return { ErrorCode, ErrorMessage };
}

function isRefused(entry: BusEntry | RefusedEntry): entry is RefusedEntry {
  return 'ErrorCode' in entry;
}

function parseObject(json: string): object | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined; // the entry is refused as MalformedDetail
  }
  return isRecord(value) ? value : undefined;
}

/** Epoch seconds, as JSON 1.1 writes timestamps, or an ISO text, as some clients do. */
function timeOf(value: unknown): number {
  return typeof value === 'number' ? Math.round(value * 1000) : Date.parse(String(value));
}
