import { InvalidArgumentError, Option } from 'commander';
import { addressOf } from '../address-flags.ts';
import { colors } from '../colors.ts';
import { clientConfigOf, Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { deploymentCommand, printJson, type CommonOptions } from './command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { must, ok, raise, type Environment, type Finding, type Verdict } from './preflight/finding.ts';
import { preflight } from './preflight/preflight.ts';
import { checkWebhook } from './webhook-command.ts';

interface PreflightCommandOptions extends CommonOptions {
  readonly environment: Environment;
  readonly parameters: ReadonlyMap<string, string>;
}

export function preflightCommand() {
  return deploymentCommand({
    name: 'preflight',
    summary: 'Say what would stop a deployment, before anything is made',
    details:
      'Asks the account about credentials, bootstrap, quotas, mail, placeholders and the provider’s webhook. Each line ' +
      'is ok, raise (works until the shop grows) or must, with the command that mends it. Nothing is changed. Exit ' +
      'code 2 when something must be mended first.',
    examples: [
      'preflight --aws --environment prod --stack order-workflow-prod --parameters MailSender=orders@shop.de',
      'preflight --aws --json',
    ],
  })
    .addOption(new Option('--environment <name>', 'what is to be deployed').choices(['dev', 'prod']).default('dev'))
    .option('--parameters <name=value>', 'as the deployment will get them; may be repeated', parameter, new Map())
    .action(async ({ json, environment, parameters, ...rest }: PreflightCommandOptions) => {
      const address = addressOf({ 'endpoint-url': rest.endpointUrl, aws: rest.aws, stack: rest.stack });
      const findings = await preflight({
        clientConfig: clientConfigOf(address),
        environment,
        stackName: address.stackName,
        parameters,
        checkWebhook: async () => askAboutWebhook(await Deployment.find(address)),
      });
      if (json) printJson(findings);
      else for (const line of findings.flatMap(linesOf)) console.log(line);
      process.exitCode = findings.some(({ verdict }) => verdict === 'must') ? EXIT_CODE.notSo : EXIT_CODE.done;
    });
}

/** For commander: collects `Name=value`. */
function parameter(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [, name, value] = /^(\w+)=(.*)$/u.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('expected Name=value');
  return new Map([...before, [name, value]]);
}

/** As `orders webhook check`, in one line. */
async function askAboutWebhook(deployment: Deployment): Promise<Finding> {
  const subject = 'payment webhook';
  const mend = `orders webhook check --stack ${deployment.address.stackName}`;
  try {
    const { differences, endpointId } = await checkWebhook(deployment);
    return differences.length === 0
      ? ok(subject, `${endpointId} is as the shop reads it`)
      : must(subject, differences.join('; '), mend);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return raise(subject, error.message, mend);
  } finally {
    deployment.close();
  }
}

const MARKS: Readonly<Record<Verdict, string>> = {
  ok: colors.green('ok   '),
  raise: colors.yellow('raise'),
  must: colors.red('must '),
};

function linesOf({ subject, verdict, told, mend }: Finding): string[] {
  return [`${MARKS[verdict]}  ${subject}: ${told}`, ...(mend === undefined ? [] : [`         ${colors.dim(mend)}`])];
}
