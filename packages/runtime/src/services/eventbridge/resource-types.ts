import {
  UnsupportedFeature,
  type ResourceDeclaration,
  type ResourceType,
  type StackIdentity,
} from '../../assembly/resource-type.ts';
import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { physicalName } from '../shared/physical-name.ts';
import type { EventBridgeService } from './eventbridge-service.ts';
import { stateOf } from './rule-api.ts';
import { busNameOf, DEFAULT_BUS } from './rule-book.ts';
import type { Target } from './target.ts';
import { MAX_TARGETS, targetProblem } from './target-checks.ts';

/** The CloudFormation types of EventBridge. */
export function eventBridgeResourceTypes(service: EventBridgeService): Record<string, ResourceType> {
  return {
    'AWS::Events::EventBus': eventBusType(service),
    'AWS::Events::Rule': ruleType(service),
    'AWS::Events::Archive': archiveType(service),
  };
}

function eventBusType(service: EventBridgeService): ResourceType {
  return {
    identify(resource) {
      const name = String(resource.properties.Name); // required by CloudFormation
      return { ref: name, attributes: { Arn: service.rules.busArn(name), Name: name } };
    },
    async create(resource, identity) {
      const { EventSourceName: partner, Description: description } = resource.properties as Record<string, string>;
      if (partner) throw new UnsupportedFeature(resource, 'a partner event bus');
      await service.rules.declareBus(identity.ref, description);
    },
  };
}

function ruleType(service: EventBridgeService): ResourceType {
  return {
    identify(resource, stack) {
      const name = ruleName(resource, stack);
      const busName = busNameOf(resource.properties.EventBusName as string | undefined);
      const ref = busName === DEFAULT_BUS ? name : `${busName}|${name}`;
      return { ref, attributes: { Arn: service.rules.ruleArn(name, busName) } };
    },
    async create(resource, identity) {
      const { properties } = resource;
      const busName = busNameOf(properties.EventBusName as string | undefined);
      const name = identity.ref.slice(identity.ref.indexOf('|') + 1);
      await service.rules.save({
        name,
        busName,
        eventPattern: properties.EventPattern && JSON.stringify(properties.EventPattern),
        scheduleExpression: properties.ScheduleExpression as string | undefined,
        state: stateOf(properties.State),
        description: properties.Description as string | undefined,
        roleArn: properties.RoleArn as string | undefined,
        targets: targetsOf(resource),
        declared: true,
      });
    },
  };
}

/** @throws UnsupportedFeature naming the resource. */
function targetsOf(resource: ResourceDeclaration): Target[] {
  const targets = ((resource.properties.Targets ?? []) as JsonObject[]).map(fromCloudFormation);
  const problem = targets.map(targetProblem).find((each) => each !== undefined);
  if (problem) throw new UnsupportedFeature(resource, `a target (${problem})`);
  if (targets.length > MAX_TARGETS) throw new UnsupportedFeature(resource, `more than ${MAX_TARGETS} targets`);
  return targets;
}

/** Template numbers may be text, as CloudFormation allows. */
function fromCloudFormation(target: JsonObject): Target {
  const retryPolicy = (target.RetryPolicy ?? {}) as Record<string, unknown>;
  const numbers = Object.entries(retryPolicy).map(([name, value]) => [name, Number(value)]);
  return { ...target, ...(target.RetryPolicy && { RetryPolicy: Object.fromEntries(numbers) }) } as Target;
}

function archiveType(service: EventBridgeService): ResourceType {
  return {
    identify(resource, stack) {
      const name = (resource.properties.ArchiveName as string | undefined) ?? physicalName(resource, stack, 48);
      return { ref: name, attributes: { Arn: service.archives.arnOf(name), ArchiveName: name } };
    },
    async create(resource, identity) {
      const { properties } = resource;
      const name = identity.ref;
      const source = properties.SourceArn as string | undefined;
      if (!source) throw new AwsError('ValidationException', `${resource.logicalId}: SourceArn is required.`);
      await service.archives.save({
        name,
        busName: busNameOf(source),
        description: properties.Description as string | undefined,
        eventPattern: properties.EventPattern && JSON.stringify(properties.EventPattern),
        retentionDays: Number(properties.RetentionDays ?? 0),
        createdAtMs: service.archives.find(name)?.createdAtMs ?? service.nowMs(),
      });
    },
  };
}

function ruleName(resource: ResourceDeclaration, stack: StackIdentity): string {
  return (resource.properties.Name as string | undefined) ?? physicalName(resource, stack, 64);
}
