import { isRecord, type Json } from '@order-workflow/states-language';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import type { SdkService } from './sdk-services.ts';

const TIME_MEMBER = /(?:Date|Time|Timestamps?|LastModified)$/i;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A task's arguments as the service's own API takes them. */
export function toService(service: SdkService, parameters: JsonObject): JsonObject {
  const rename = service.memberCase === 'camel' ? lowerFirst : same;
  return converted(parameters, { rename, time: service.hasEpochSeconds ? epochSeconds : same }) as JsonObject;
}

/** A service's answer as the state's result has it. */
export function fromService(service: SdkService, answer: JsonObject): JsonObject {
  const rename = service.memberCase === 'camel' ? upperFirst : same;
  return converted(answer, { rename, time: service.hasEpochSeconds ? instant : same }) as JsonObject;
}

interface Conversion {
  readonly rename: (member: string) => string;
  readonly time: (value: Json) => Json;
}

function converted(value: Json | undefined, conversion: Conversion): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => converted(entry, conversion));
  if (!isRecord(value)) return value ?? null;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [conversion.rename(name), memberOf(name, member, conversion)]),
  );
}

function memberOf(name: string, value: Json, conversion: Conversion): Json {
  // The one map of user-chosen keys among the services whose members change their case.
  if (/^tags$/i.test(name) && isRecord(value)) return value;
  if (!TIME_MEMBER.test(name)) return converted(value, conversion);
  if (Array.isArray(value)) return value.map((entry: Json) => converted(conversion.time(entry), conversion));
  return converted(conversion.time(value), conversion);
}

function epochSeconds(value: Json): Json {
  return typeof value === 'string' && RFC_3339.test(value) ? Date.parse(value) / 1000 : value;
}

/** As Java's `Instant` writes it: without a fraction where there is none. */
function instant(value: Json): Json {
  return typeof value === 'number' ? new Date(Math.round(value * 1000)).toISOString().replace('.000Z', 'Z') : value;
}

const same = <T>(value: T): T => value;
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
