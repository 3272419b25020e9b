import { UnsupportedFeature, type ResourceType } from '../../assembly/resource-type.ts';
import { physicalName } from '../shared/physical-name.ts';
import { DEFAULT_GROUP, malformedTarget, targetProblem, type ScheduleTarget } from './schedule.ts';
import { requestOf } from './scheduler-api.ts';
import type { SchedulerService } from './scheduler-service.ts';

/** The CloudFormation types of EventBridge Scheduler. */
export function schedulerResourceTypes(service: SchedulerService): Record<string, ResourceType> {
  return { 'AWS::Scheduler::Schedule': scheduleType(service), 'AWS::Scheduler::ScheduleGroup': groupType(service) };
}

function scheduleType(service: SchedulerService): ResourceType {
  return {
    identify(resource, stack) {
      const name = (resource.properties.Name as string | undefined) ?? physicalName(resource, stack, 64);
      const group = (resource.properties.GroupName as string | undefined) ?? DEFAULT_GROUP;
      return { ref: name, attributes: { Arn: service.arnOf(group, name) } };
    },
    async create(resource, identity) {
      const { properties } = resource;
      if (properties.FlexibleTimeWindow?.Mode !== 'OFF') {
        throw new UnsupportedFeature(resource, 'a FlexibleTimeWindow other than OFF');
      }
      const malformed = malformedTarget((properties.Target ?? {}) as ScheduleTarget);
      if (malformed) throw new UnsupportedFeature(resource, `its target (${malformed})`);
      const problem = targetProblem(properties.Target as ScheduleTarget);
      if (problem) throw new UnsupportedFeature(resource, problem);
      await service.save({ ...requestOf(identity.ref, properties), declared: true });
    },
  };
}

function groupType(service: SchedulerService): ResourceType {
  return {
    identify(resource, stack) {
      const name = (resource.properties.Name as string | undefined) ?? physicalName(resource, stack, 64);
      return { ref: name, attributes: { Arn: service.groupArn(name), State: 'ACTIVE' } };
    },
    create: (_resource, identity) => service.declareGroup(identity.ref),
  };
}
