import type { Command } from 'commander';
import { republishSince } from '../outbox/republish.ts';
import { deploymentCommand, onDeployment, printJson, progressOnStderr, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { parseInstant } from './instant.ts';

interface RepublishOptions extends CommonOptions {
  readonly since: string;
}

export function republishCommand(): Command {
  return deploymentCommand({
    name: 'republish',
    summary: 'Publish every event of the outbox again that was written since a moment',
    details:
      'For events that the outbox’s stream cannot bring any more: nobody read it for a day (RelayFailures), or the bus\n' +
      'took them and lost them (BusFailures). Whether an event was published is noted nowhere, so all of that time are\n' +
      'published. Copies have the same event id, and every subscriber of the shop knows them; other systems may not.\n' +
      'The outbox keeps 30 days. Its whole table is read; the sweeper then publishes some 2,000 events a minute, during\n' +
      'which EventsSwept and OutboxStuck ring.',
    examples: ['republish --since 2026-01-15T09:00:00Z', 'republish --since 26h --aws --stack order-workflow-prod'],
  })
    .requiredOption('--since <time>', 'written at or after: an ISO time or an age such as 26h')
    .action((options: RepublishOptions) =>
      onDeployment(options, async (deployment) => {
        const since = parseInstant('--since', options.since, new Date());
        const progress = progressOnStderr();
        try {
          const events = await republishSince(deployment, since, (marked) => progress.stage(`${marked} events`));
          progress.clear();
          if (options.json) printJson({ since, events });
          else
            console.log(`${events} events since ${since.toISOString()} wait for the sweeper, which runs every minute`);
          return EXIT_CODE.done;
        } finally {
          progress.clear();
        }
      }),
    );
}
