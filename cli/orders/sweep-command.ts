import type { Command } from 'commander';
import * as z from 'zod';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { invokeFunction } from './invoke-function.ts';

const SweepResult = z.object({
  published: z.number(),
  rejected: z.number(),
  quarantined: z.number(),
  /** How long the oldest of them had waited; 0 when there was none. */
  oldestSeconds: z.number(),
});

export function sweepCommand(): Command {
  return deploymentCommand({
    name: 'sweep',
    summary: 'Publish the events that wait in the outbox since the bus refused them',
    details: 'The system does this every minute. Exit code 2 if the bus refused some of them again.',
    examples: ['sweep', 'sweep --json'],
  }).action((options: CommonOptions) =>
    onDeployment(options, async (deployment) => {
      const swept = SweepResult.parse(await invokeFunction(deployment, 'SweepOutboxFunctionName', {}));
      if (options.json) printJson(swept);
      else console.log(told(swept));
      return swept.rejected > 0 ? EXIT_CODE.notSo : EXIT_CODE.done;
    }),
  );
}

function told({ published, rejected, quarantined, oldestSeconds }: z.infer<typeof SweepResult>): string {
  const counts = `published ${published}, rejected ${rejected}, set aside ${quarantined}`;
  return oldestSeconds > 0 ? `${counts}; the oldest waited ${oldestSeconds} s` : counts;
}
