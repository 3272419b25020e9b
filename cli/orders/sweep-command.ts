import type { Command } from 'commander';
import * as z from 'zod';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { invokeFunction } from './invoke-function.ts';

const SweepResult = z.object({ published: z.number(), rejected: z.number(), quarantined: z.number() });

export function sweepCommand(): Command {
  return deploymentCommand({
    name: 'sweep',
    summary: 'publishes events that the outbox still holds after a minute, now instead of within the minute',
    details: 'Exit code 2 when the bus did not take some of them.',
    examples: ['sweep', 'sweep --json'],
  }).action((options: CommonOptions) =>
    onDeployment(options, async (deployment) => {
      const swept = SweepResult.parse(await invokeFunction(deployment, 'SweepOutboxFunctionName', {}));
      if (options.json) printJson(swept);
      else console.log(`published ${swept.published}, rejected ${swept.rejected}, set aside ${swept.quarantined}`);
      return swept.rejected > 0 ? EXIT_CODE.notSo : EXIT_CODE.done;
    }),
  );
}
