import { AwsError } from '../aws-error.ts';
import type { BusPublisher } from '../ports/events.ts';
import { serviceOfArn } from '../arn.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import type { ExecutionStarter } from '../ports/executions.ts';
import type { FunctionInvoker } from '../ports/functions.ts';
import type { LogTarget } from '../ports/logs.ts';
import type { MessageSender } from '../ports/queues.ts';
import type { TargetSender } from '../ports/targets.ts';

/** The services that an ARN can name. A runtime without one of them refuses such targets. */
export interface TargetPorts {
  readonly queues: MessageSender;
  readonly functions: FunctionInvoker;
  readonly executions: ExecutionStarter;
  readonly buses: BusPublisher;
  readonly logs: LogTarget;
}

/**
 * Delivers a payload to what an ARN names: a queue, a function (asynchronously), a state machine, an event bus, a log
 * group. The services are connected after they are constructed, because some of them deliver to each other.
 */
export class ArnTargetSender implements TargetSender {
  readonly #clock: Clock;
  #ports: Partial<TargetPorts> = {};

  constructor(options: { clock: Clock }) {
    this.#clock = options.clock;
  }

  connect(ports: Partial<TargetPorts>): void {
    this.#ports = { ...this.#ports, ...ports };
  }

  /** @throws AwsError as the target's service does; ValidationException for an ARN that nothing here is named by. */
  async deliver(targetArn: string, payload: string): Promise<void> {
    const service = serviceOfArn(targetArn);
    const { queues, functions, executions, buses, logs } = this.#ports;
    if (service === 'sqs' && queues) return queues.send(targetArn, payload);
    if (service === 'lambda' && functions) return functions.invokeAsync(targetArn, payload);
    if (service === 'states' && executions) return startExecution(executions, targetArn, payload);
    if (service === 'events' && buses) return buses.putTo(targetArn, invocationResult(payload));
    if (service === 'logs' && logs) return logs.send(targetArn, payload, this.#clock.nowMs());
    throw new AwsError('ValidationException', `${targetArn} is not a target that the embedded runtime delivers to.`);
  }
}

/** The services whose resources `ArnTargetSender` delivers to. */
export const targetServices: readonly string[] = ['sqs', 'lambda', 'states', 'events', 'logs'];

async function startExecution(executions: ExecutionStarter, stateMachineArn: string, input: string): Promise<void> {
  await executions.startExecution({ stateMachineArn, input });
}

/** What a bus gets when it is the destination of an asynchronous invocation (Lambda Developer Guide, "Destinations"). */
function invocationResult(payload: string): { source: string; detailType: string; detail: string } {
  const record = JSON.parse(payload) as { requestContext?: { condition?: unknown } };
  const outcome = record.requestContext?.condition === 'Success' ? 'Success' : 'Failure';
  return { source: 'lambda', detailType: `Lambda Function Invocation Result - ${outcome}`, detail: payload };
}
