import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import type { Deployment } from '../deployment.ts';

interface Machine {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Catch?: readonly Handler[];
  readonly Retry?: readonly Handler[];
  readonly Branches?: readonly Machine[];
  readonly ItemProcessor?: Machine;
}

interface Handler {
  readonly ErrorEquals: readonly string[];
}

/** Every error that the deployed workflows name in a Retry or a Catch: what they deal with is no fault. */
export async function expectedErrors(deployment: Deployment): Promise<Set<string>> {
  const arns = ['StateMachineArn', 'CancellationStateMachineArn'].map((name) => deployment.output(name));
  const machines = await Promise.all(
    arns.map(async (stateMachineArn) => {
      const { definition = '' } = await deployment.stepFunctions.send(
        new DescribeStateMachineCommand({ stateMachineArn }),
      );
      return JSON.parse(definition) as Machine;
    }),
  );
  return new Set(machines.flatMap(errorsNamedIn));
}

function errorsNamedIn({ States }: Machine): string[] {
  return Object.values(States).flatMap((state) => [
    ...[...(state.Catch ?? []), ...(state.Retry ?? [])].flatMap(({ ErrorEquals }) => ErrorEquals),
    ...(state.Branches ?? []).flatMap(errorsNamedIn),
    ...(state.ItemProcessor ? errorsNamedIn(state.ItemProcessor) : []),
  ]);
}
