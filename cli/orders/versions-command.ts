import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { DeleteStateMachineVersionCommand } from '@aws-sdk/client-sfn';
import type { Command } from 'commander';
import { colors } from '../colors.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentCommand, onDeployment, printJson, wholeNumber, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { formatTable } from './table.ts';
import { judge, type Judgement } from './versions/census.ts';
import { takeCensus } from './versions/take-census.ts';

interface VersionsOptions extends CommonOptions {
  readonly remove: boolean;
  readonly keep: number;
}

export function versionsCommand(): Command {
  return deploymentCommand({
    name: 'versions',
    summary: 'Count who needs the published versions of workflows and functions',
    details:
      'An execution ends on the versions that it began with, so old ones are kept. One may be removed when no alias leads\n' +
      'to it, nothing runs on it and nothing that broke on it can be redriven. Nothing is removed without --remove.',
    examples: ['versions', 'versions --remove', 'versions --aws --stack order-workflow-prod --keep 3 --json'],
  })
    .option('--remove', 'remove what nothing needs any more', false)
    .option('--keep <count>', 'how many versions before the live one stay, to go back to', wholeNumber(0, 1_000), 1)
    .action((options: VersionsOptions) =>
      onDeployment(options, async (deployment) => {
        const judgement = judge(await takeCensus(deployment, new Date()), options.keep);
        const removed = options.remove ? await removeUnneeded(deployment, judgement) : undefined;
        if (options.json) printJson({ ...judgement, removed });
        else for (const line of formatVersions(judgement, removed)) console.log(line);
        return EXIT_CODE.done;
      }),
    );
}

export interface Removed {
  readonly machines: number;
  readonly functions: number;
}

/**
 * Removes what a judgement finds unneeded, workflows first: nothing can begin on a version that no alias leads to, and a
 * function's version goes only when the workflows' versions that call it are gone.
 */
export async function removeUnneeded(deployment: Deployment, { machines, functions }: Judgement): Promise<Removed> {
  const unneeded = machines.flatMap(({ versions }) => versions.filter(({ stays }) => stays === undefined));
  for (const { version } of unneeded) {
    const command = new DeleteStateMachineVersionCommand({ stateMachineVersionArn: version.arn });
    await deployment.stepFunctions.send(command);
  }
  const uncalled = functions.filter(({ stays }) => stays === undefined);
  for (const { version } of uncalled) {
    const { functionName, number } = version;
    await deployment.lambda.send(new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: String(number) }));
  }
  return { machines: unneeded.length, functions: uncalled.length };
}

function formatVersions({ machines, functions }: Judgement, removed: Removed | undefined): string[] {
  const rows = machines.flatMap(({ name, versions }) => versions.map((judged) => ({ name, ...judged })));
  const table = formatTable(rows, [
    { title: 'WORKFLOW', cell: ({ name }) => name },
    { title: 'VERSION', cell: ({ version }) => String(version.number), align: 'right' },
    { title: 'PUBLISHED', cell: ({ version }) => version.createdAt.toISOString().slice(0, 19).replace('T', ' ') },
    { title: 'NEW', cell: ({ version }) => (version.weight > 0 ? `${version.weight} %` : ''), align: 'right' },
    { title: 'RUNNING', cell: ({ version }) => String(version.running), align: 'right' },
    { title: 'REDRIVABLE', cell: ({ version }) => String(version.redrivable), align: 'right' },
    { title: 'STAYS', cell: ({ stays }) => stays ?? colors.yellow('may be removed') },
  ]);
  const unneeded = functions.filter(({ stays }) => stays === undefined).length;
  const names = new Set(functions.map(({ version }) => version.functionName));
  const counted = `${names.size} functions have ${functions.length} versions, of which ${unneeded} may be removed`;
  if (removed === undefined) return [...table, counted];
  return [...table, counted, `removed ${removed.machines} versions of workflows and ${removed.functions} of functions`];
}
