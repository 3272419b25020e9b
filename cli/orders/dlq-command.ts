import { Command } from 'commander';
import { colors } from '../colors.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import {
  deploymentCommand,
  onDeployment,
  printJson,
  progressOnStderr,
  wholeNumber,
  type CommonOptions,
} from './command.ts';
import {
  deadLetterQueue,
  deadLetterQueues,
  depthOf,
  OTHER_QUEUES,
  type DeadLetterQueue,
} from './dead-letters/dead-letter-queues.ts';
import { deadLetterMessages, type Explanation } from './dead-letters/dead-letter-messages.ts';
import { redriveQueue, type RedriveResult } from './dead-letters/redrive.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import { formatTable } from './table.ts';

export function dlqCommand(): Command {
  return new Command('dlq')
    .description('Look into the dead-letter queues, and send their messages again')
    .addCommand(listCommand())
    .addCommand(explainCommand())
    .addCommand(redriveCommand());
}

function listCommand(): Command {
  return deploymentCommand({
    name: 'list',
    summary: 'List the dead-letter queues and how many messages are in each',
    examples: ['dlq list', "dlq list --json | jq 'map(.messages) | add'"],
  }).action((options: CommonOptions) =>
    onDeployment(options, async (deployment) => {
      const queues = await Promise.all(
        deadLetterQueues(deployment).map(async ({ name, url, kind }) => {
          const { visible, inFlight } = await depthOf(deployment, url);
          return { name, kind, messages: visible + inFlight };
        }),
      );
      if (options.json) printJson(queues);
      else for (const line of formatQueues(queues)) console.log(line);
      return EXIT_CODE.done;
    }),
  );
}

function explainCommand(): Command {
  return deploymentCommand({
    name: 'explain',
    summary: 'Say why messages are in a dead-letter queue; they stay there',
    details: 'Without the name of a queue it looks into all. The receive count of each message goes up by one.',
    examples: ['dlq explain', 'dlq explain checkout-dead-letter --limit 3'],
  })
    .argument('[queue]', 'name, as `orders dlq list` shows it')
    .option('--limit <count>', 'how many messages of a queue at most', wholeNumber(1, 100), 10)
    .action((name: string | undefined, options: CommonOptions & { readonly limit: number }) =>
      onDeployment(options, async (deployment) => {
        const queues = name === undefined ? deadLetterQueues(deployment) : [deadLetterQueue(deployment, name)];
        const messages = await deadLetterMessages(deployment, options.limit);
        const explained = queues.map((queue) => ({
          queue: queue.name,
          remedy: remedyFor(queue),
          messages: messages.get(queue.name) ?? [],
        }));
        if (options.json) printJson(explained);
        else for (const line of explained.flatMap(formatExplained)) console.log(line);
        return EXIT_CODE.done;
      }),
    );
}

function redriveCommand(): Command {
  return deploymentCommand({
    name: 'redrive',
    summary: 'Send the messages of a dead-letter queue again',
    details: 'Waits until all messages have been moved. An empty queue is no error.',
    examples: ['dlq redrive checkout-dead-letter', 'dlq redrive --all --json'],
  })
    .argument('[queue]', 'name, as `orders dlq list` shows it')
    .option('--all', 'every queue whose messages can be sent again', false)
    .action((name: string | undefined, options: CommonOptions & { readonly all: boolean }) =>
      onDeployment(options, (deployment) => redrive(deployment, name, options)),
    );
}

async function redrive(
  deployment: Deployment,
  name: string | undefined,
  options: CommonOptions & { readonly all: boolean },
): Promise<ExitCode> {
  if ((name === undefined) === !options.all) throw new UserError('Give the name of a queue, or --all.');
  const queues =
    name === undefined
      ? deadLetterQueues(deployment).filter(({ kind }) => kind !== 'other')
      : [deadLetterQueue(deployment, name)];
  const progress = progressOnStderr();
  const results: RedriveResult[] = [];
  try {
    for (const queue of queues) {
      results.push(await redriveQueue(deployment, queue, (moved) => progress.stage(`${queue.name}: moved ${moved}`)));
    }
  } finally {
    progress.clear();
  }
  const moved = results.reduce((sum, result) => sum + result.moved, 0);
  if (options.json) printJson(name === undefined ? { moved, queues: results } : results[0]);
  else for (const result of results) console.log(`${colors.green('✔')} ${result.queue}: moved ${result.moved}`);
  return EXIT_CODE.done;
}

function formatQueues(queues: readonly { name: string; kind: string; messages: number }[]): string[] {
  return formatTable(queues, [
    { title: 'QUEUE', cell: ({ name }) => name },
    {
      title: 'MESSAGES',
      align: 'right',
      cell: ({ messages }) => (messages === 0 ? colors.green('0') : colors.red(String(messages))),
    },
    { title: 'HOLDS', cell: ({ name, kind }) => HOLDS[kind] ?? OTHER_QUEUES[name]?.holds ?? '' },
  ]);
}

const HOLDS: Readonly<Record<string, string>> = {
  unworked: 'messages that a worker gave up on',
  undelivered: 'events that EventBridge could not deliver',
};

function remedyFor({ name, kind }: DeadLetterQueue): string {
  return kind === 'other'
    ? (OTHER_QUEUES[name]?.remedy ?? '')
    : `fix the cause, then run \`orders dlq redrive ${name}\``;
}

export function formatExplained({
  queue,
  remedy,
  messages,
}: {
  queue: string;
  remedy: string;
  messages: readonly Explanation[];
}): string[] {
  if (messages.length === 0) return [`${colors.bold(queue)}  ${colors.green('empty')}`];
  return [
    colors.bold(queue),
    ...messages.flatMap((message) => [
      `  ${message.messageId}  ${message.subject}${message.orderId === undefined ? '' : `  order ${message.orderId}`}`,
      colors.dim(`    sent ${message.sentAt ?? 'at an unknown time'}, received ${message.receives} times`),
      ...message.reasons.map((reason) => `    ${colors.red(reason)}`),
    ]),
    `  ${colors.dim(remedy)}`,
  ];
}
