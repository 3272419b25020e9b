import { deployStack } from '@order-workflow/runtime/assembly';
import { eventBridgeResourceTypes, type EventBridgeService } from '@order-workflow/runtime/services/eventbridge';
import type { EventSourceMappings } from '@order-workflow/runtime/services/lambda';
import { sqsResourceTypes, type SqsService } from '@order-workflow/runtime/services/sqs';
import type { StepFunctionsService } from '@order-workflow/runtime/services/stepfunctions';
import type { DeployedMachine } from './deployed.ts';
import type { Topology } from './read-topology.ts';

export interface DeploymentTargets {
  readonly sqs: SqsService;
  readonly events: EventBridgeService;
  readonly stepFunctions: StepFunctionsService;
  readonly mappings: EventSourceMappings;
}

/** Brings up what the template deploys between the functions, as the runtime does. */
export async function deployTopology(topology: Topology, services: DeploymentTargets): Promise<void> {
  const { sqs, events, stepFunctions, mappings } = services;
  // The account's own bus is there before any stack.
  await events.rules.declareBus('default');
  const types = { ...sqsResourceTypes(sqs), ...eventBridgeResourceTypes(events) };
  await deployStack({ resources: topology.resources, outputs: {}, exports: {} }, types, () => undefined);
  for (const machine of topology.machines) await putMachine(stepFunctions, machine);
  for (const mapping of topology.mappings) await mappings.put(mapping);
}

/** Stored unchecked: the check of a definition takes longer than a whole run, and other tests make it. */
async function putMachine({ clock, machines }: StepFunctionsService, deployed: DeployedMachine): Promise<void> {
  const { arn, name, definition, roleArn } = deployed;
  const nowMs = clock.nowMs();
  const settings = { type: 'STANDARD', tags: {} } as const;
  await machines.store.save(
    { arn, name, createdMs: nowMs, isDeleting: false, updatedMs: nowMs, settings },
    definition,
    roleArn,
  );
}
