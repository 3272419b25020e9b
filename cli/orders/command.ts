import { Command, InvalidArgumentError } from 'commander';
import { addressOf } from '../address-flags.ts';
import { DEFAULT_STACK_NAME, Deployment, LOCAL_ENDPOINT_URL } from '../deployment.ts';
import { Progress } from '../progress.ts';
import type { ExitCode } from './exit-code.ts';

/** Options of every command that talks to a deployment. */
export interface CommonOptions {
  readonly endpointUrl?: string;
  readonly aws: boolean;
  readonly stack: string;
  readonly json: boolean;
}

export interface CommandText {
  readonly name: string;
  readonly summary: string;
  /** What the summary cannot say: limits, side effects. */
  readonly details?: string;
  readonly examples: readonly string[];
}

/** A command on a deployment: with the options that all of them have, and examples in its help. */
export function deploymentCommand({ name, summary, details, examples }: CommandText): Command {
  return new Command(name)
    .summary(summary)
    .description(details === undefined ? summary : `${summary}\n\n${details}`)
    .option('--endpoint-url <url>', `address of the system (default AWS_ENDPOINT_URL, else ${LOCAL_ENDPOINT_URL})`)
    .option('--aws', 'use AWS, with the profile and region of your environment', false)
    .option('--stack <name>', 'name of the stack', DEFAULT_STACK_NAME)
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ orders ${example}`).join('\n')}`);
}

/** Runs `work` on the deployment that the options name; its answer becomes the process's exit code. */
export async function onDeployment(
  { endpointUrl, aws, stack }: CommonOptions,
  work: (deployment: Deployment) => Promise<ExitCode>,
): Promise<void> {
  const deployment = await Deployment.find(addressOf({ 'endpoint-url': endpointUrl, aws, stack }));
  try {
    process.exitCode = await work(deployment);
  } finally {
    deployment.close();
  }
}

/** Progress goes to standard error, so that standard output is the answer alone. */
export function progressOnStderr(): Progress {
  return new Progress(process.stderr);
}

export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, undefined, 2));
}

/** For commander: an option's value as a whole number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  };
}
