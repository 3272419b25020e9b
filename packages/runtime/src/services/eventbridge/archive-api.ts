import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, optionalString, requiredString } from '../shared/aws-input.ts';
import type { ArchiveDefinition } from './archives.ts';
import type { EventBridgeService } from './eventbridge-service.ts';
import { pageOfNames } from './paging.ts';
import type { Replay } from './replays.ts';
import { busNameOf } from './rule-book.ts';

/** Operations on archives and replays. */
export function archiveOperations(service: EventBridgeService): Record<string, AwsOperation> {
  return { ...operationsOnArchives(service), ...replayOperations(service) };
}

function operationsOnArchives(service: EventBridgeService): Record<string, AwsOperation> {
  const { archives, rules } = service;
  const saved = (name: string): JsonObject => ({
    ArchiveArn: archives.arnOf(name),
    State: 'ENABLED',
    CreationTime: archives.get(name).createdAtMs / 1000,
  });
  return {
    async CreateArchive(input) {
      const name = requiredString(input, 'ArchiveName');
      if (!/^[.\-_A-Za-z0-9]{1,48}$/.test(name))
        throw new AwsError('ValidationException', `Archive name ${name} is not valid.`);
      if (archives.find(name)) throw new AwsError('ResourceAlreadyExistsException', `Archive ${name} already exists.`);
      await archives.save({
        name,
        busName: busNameOf(requiredString(input, 'EventSourceArn')),
        description: optionalString(input, 'Description'),
        eventPattern: optionalString(input, 'EventPattern') || undefined,
        retentionDays: retentionDays(input, 0),
        createdAtMs: service.nowMs(),
      });
      return saved(name);
    },
    async UpdateArchive(input) {
      const archive = archives.get(requiredString(input, 'ArchiveName'));
      await archives.save({
        ...archive,
        description: optionalString(input, 'Description') ?? archive.description,
        eventPattern: optionalString(input, 'EventPattern') ?? archive.eventPattern,
        retentionDays: retentionDays(input, archive.retentionDays),
      });
      return saved(archive.name);
    },
    async DeleteArchive(input) {
      await archives.delete(requiredString(input, 'ArchiveName'));
      return {};
    },
    DescribeArchive(input) {
      const archive = archives.get(requiredString(input, 'ArchiveName'));
      return {
        ...archiveEntry(service, archive),
        ArchiveArn: archives.arnOf(archive.name),
        ...(archive.description && { Description: archive.description }),
        ...(archive.eventPattern && { EventPattern: archive.eventPattern }),
      };
    },
    ListArchives(input) {
      const source = optionalString(input, 'EventSourceArn');
      const all = archives.all().filter((archive) => !source || rules.busArn(archive.busName) === source);
      const { items, nextToken } = pageOfNames(all, input);
      return { Archives: items.map((archive) => archiveEntry(service, archive)), ...nextToken };
    },
  };
}

function replayOperations(service: EventBridgeService): Record<string, AwsOperation> {
  const { replays } = service;
  const answer = (replay: Replay): JsonObject => ({
    ReplayArn: replays.arnOf(replay.name),
    State: replay.state,
    ...(replay.stateReason && { StateReason: replay.stateReason }),
  });
  return {
    async StartReplay(input) {
      const replay = await service.replays.begin(replayRequest(service, input));
      return { ...answer(replay), State: 'STARTING', ReplayStartTime: replay.startedAtMs / 1000 };
    },
    DescribeReplay(input) {
      const replay = replays.get(requiredString(input, 'ReplayName'));
      return {
        ...replayEntry(service, replay),
        ReplayArn: replays.arnOf(replay.name),
        Destination: { Arn: service.rules.busArn(replay.busName), FilterArns: replay.ruleArns },
        ...(replay.description && { Description: replay.description }),
      };
    },
    ListReplays(input) {
      const source = optionalString(input, 'EventSourceArn');
      const chosen = replays
        .all()
        .filter(
          (replay) =>
            (!source || service.archives.arnOf(replay.archiveName) === source) &&
            (!input.State || replay.state === input.State),
        );
      const { items, nextToken } = pageOfNames(chosen, input);
      return { Replays: items.map((replay) => replayEntry(service, replay)), ...nextToken };
    },
    async CancelReplay(input) {
      return answer(await replays.cancel(requiredString(input, 'ReplayName')));
    },
  };
}

function replayRequest(
  service: EventBridgeService,
  input: JsonObject,
): Parameters<EventBridgeService['replays']['begin']>[0] {
  const archiveName = busNameOf(requiredString(input, 'EventSourceArn'));
  const archive = service.archives.find(archiveName);
  if (!archive) throw invalid('EventSourceArn', `Archive ${archiveName} does not exist.`);
  const destination = (input.Destination ?? {}) as JsonObject;
  const busArn = requiredString(destination, 'Arn');
  if (!service.rules.findBus(busArn))
    throw invalid('Destination.Arn', `Event bus ${busNameOf(busArn)} does not exist.`);
  if (busArn !== service.rules.busArn(archive.busName)) {
    throw invalid('Destination.Arn', 'Cross event bus replay is not permitted.');
  }
  const eventStartMs = seconds(input, 'EventStartTime');
  const eventEndMs = seconds(input, 'EventEndTime');
  if (eventEndMs <= eventStartMs) throw invalid('EventEndTime', 'EventStartTime must be before EventEndTime.');
  return {
    name: requiredString(input, 'ReplayName'),
    description: optionalString(input, 'Description'),
    archiveName,
    busName: archive.busName,
    ruleArns: ((destination.FilterArns as unknown[] | undefined) ?? []).map(String),
    eventStartMs,
    eventEndMs,
  };
}

function archiveEntry(service: EventBridgeService, archive: ArchiveDefinition): JsonObject {
  const { events, bytes } = service.archives.count(archive.name);
  return {
    ArchiveName: archive.name,
    EventSourceArn: service.rules.busArn(archive.busName),
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    SizeBytes: bytes,
    EventCount: events,
    CreationTime: archive.createdAtMs / 1000,
  };
}

function replayEntry(service: EventBridgeService, replay: Replay): JsonObject {
  return {
    ReplayName: replay.name,
    EventSourceArn: service.archives.arnOf(replay.archiveName),
    State: replay.state,
    ...(replay.stateReason && { StateReason: replay.stateReason }),
    EventStartTime: replay.eventStartMs / 1000,
    EventEndTime: replay.eventEndMs / 1000,
    ...(replay.position.seq > 0 && { EventLastReplayedTime: replay.position.timeMs / 1000 }),
    ReplayStartTime: replay.startedAtMs / 1000,
    ...(replay.endedAtMs !== undefined && { ReplayEndTime: replay.endedAtMs / 1000 }),
  };
}

function retentionDays(input: JsonObject, fallback: number): number {
  return integerBetween(input, 'RetentionDays', { min: 0, max: 2_147_483_647, fallback });
}

function seconds(input: JsonObject, name: string): number {
  const value: unknown = input[name];
  const timeMs = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (Number.isNaN(timeMs)) throw invalid(name, `${name} is a required timestamp.`);
  return timeMs;
}

function invalid(parameter: string, reason: string): AwsError {
  return new AwsError('ValidationException', `Parameter ${parameter} is not valid. Reason: ${reason}`);
}
