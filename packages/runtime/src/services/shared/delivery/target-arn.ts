import { serviceOfArn } from '../arn.ts';

/** API reference of EventBridge and of its Scheduler, Target. */
const MAX_ARN_LENGTH = 1600;
const LOCATED_ARN = /^arn:aws[\w-]*:[\w-]+:[\w-]+:\d{12}:(.+)$/;

/** How the resource part looks in the ARN of what can be a target. */
const RESOURCES: Readonly<Record<string, RegExp>> = {
  sqs: /^[\w-]{1,80}(?:\.fifo)?$/,
  lambda: /^function:[\w-]+(?::[\w$-]+)?$/,
  states: /^stateMachine:[^:]+(?::[^:]+)?$/,
  // The name of an API destination is followed by the id that EventBridge gave it.
  events: /^(?:event-bus\/[/.\-_A-Za-z0-9]+|api-destination\/[.\-_A-Za-z0-9]+\/[\da-f-]{36})$/,
  logs: /^log-group:[^:*]+(?::\*)?$/,
};

/** Whether an ARN has the form of a queue, function, machine, bus, API destination or log group. */
export function isTargetArn(arn: string): boolean {
  if (arn.length > MAX_ARN_LENGTH) return false;
  const [, resource = ''] = LOCATED_ARN.exec(arn) ?? [];
  return RESOURCES[serviceOfArn(arn)]?.test(resource) ?? false;
}
