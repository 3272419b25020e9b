import type { AwsJsonApi, AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import { archiveOperations } from './archive-api.ts';
import { compileEventPattern } from '../shared/patterns/event-pattern.ts';
import type { EventBridgeService } from './eventbridge-service.ts';
import { putEvents } from './put-events.ts';
import { ruleOperations } from './rule-api.ts';
import type { EventBus } from './rule-book.ts';
import { pageOfNames } from './paging.ts';
import { jsonApi } from '../shared/json-api.ts';

/** The Amazon EventBridge API (JSON 1.1). */
export function eventBridgeApi(service: EventBridgeService): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'AWSEvents',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      PutEvents: (input) => putEvents(service, input),
      TestEventPattern: testEventPattern,
      ...busOperations(service),
      ...ruleOperations(service.rules),
      ...archiveOperations(service),
    },
  });
}

function testEventPattern(input: JsonObject): JsonObject {
  const pattern = compileEventPattern(requiredString(input, 'EventPattern'));
  return { Result: pattern.matches(parseEvent(requiredString(input, 'Event'))) };
}

function parseEvent(text: string): unknown {
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (error) {
    throw new AwsError('ValidationException', `Parameter Event is not valid. Reason: ${(error as Error).message}`);
  }
  const required = ['id', 'account', 'source', 'time', 'region', 'resources', 'detail-type'];
  const missing = required.filter((name) => !(name in Object(event)));
  if (missing.length > 0) {
    throw new AwsError('ValidationException', `Parameter Event is not valid. Reason: missing ${missing.join(', ')}.`);
  }
  return event;
}

function busOperations({ rules }: EventBridgeService): Record<string, AwsOperation> {
  return {
    async CreateEventBus(input) {
      const name = requiredString(input, 'Name');
      if (!/^[/.\-_A-Za-z0-9]{1,256}$/.test(name))
        throw new AwsError('ValidationException', `Event bus name ${name} is not valid.`);
      if (rules.findBus(name))
        throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
      const bus = await rules.declareBus(name, optionalString(input, 'Description'));
      return { EventBusArn: bus.arn, ...(bus.description && { Description: bus.description }) };
    },
    async DeleteEventBus(input) {
      const name = requiredString(input, 'Name');
      if (name === 'default') throw new AwsError('ValidationException', 'Cannot delete event bus default.');
      await rules.deleteBus(name);
      return {};
    },
    DescribeEventBus: (input) => busEntry(rules.bus(optionalString(input, 'Name'))),
    ListEventBuses(input) {
      const { items, nextToken } = pageOfNames(rules.buses(), input);
      return { EventBuses: items.map(busEntry), ...nextToken };
    },
  };
}

function busEntry(bus: EventBus): JsonObject {
  return {
    Name: bus.name,
    Arn: bus.arn,
    ...(bus.description && { Description: bus.description }),
    CreationTime: bus.createdAtMs / 1000,
    LastModifiedTime: bus.createdAtMs / 1000,
  };
}
