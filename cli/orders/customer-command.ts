import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { colors } from '../colors.ts';
import { UserError } from '../user-error.ts';
import { deploymentCommand, onDeployment, printJson, type CommonOptions } from './command.ts';
import { customerIdOf } from './customers/customer-id.ts';
import { eraseCustomer, exportCustomer } from './customers/personal-data.ts';
import { searchDeployment, searchFolder, type Finding } from './customers/personal-search.ts';
import { EXIT_CODE } from './exit-code.ts';
import { NotFound } from './not-found.ts';

const WHO = 'id of the customer, or the e-mail address of the account';

interface SearchOptions extends CommonOptions {
  readonly data?: string;
}

export function customerCommand(): Command {
  return new Command('customer')
    .description('Export, erase and look for the personal data of a customer')
    .addCommand(exportCommand())
    .addCommand(eraseCommand())
    .addCommand(searchCommand());
}

function exportCommand(): Command {
  return deploymentCommand({
    name: 'export',
    summary: 'Write everything that the shop knows of a customer, as JSON',
    details: 'Exit code 2 when there is no such customer.',
    examples: ['customer export carla@example.com --to carla.json'],
  })
    .argument('<customer>', WHO)
    .option('--to <file>', 'a new file, which only you may read; standard output unless told')
    .action((customer: string, options: CommonOptions & { readonly to?: string }) =>
      onDeployment(options, async (deployment) => {
        const data = await exportCustomer(deployment, await customerIdOf(deployment, customer));
        if (data === undefined) throw new NotFound(`There is no customer ${customer}.`);
        if (options.to === undefined) printJson(data);
        else writeNew(options.to, `${JSON.stringify(data, undefined, 2)}\n`);
        return EXIT_CODE.done;
      }),
    );
}

function eraseCommand(): Command {
  return deploymentCommand({
    name: 'erase',
    summary: 'Delete the account, the basket, and the names and addresses in all orders of a customer',
    details:
      'It cannot be undone. The orders stay, because the books need them, under an id that names nobody any more. ' +
      'Refused while orders are under way. Run it again if it was interrupted. Exit code 2 when there is no such customer.',
    examples: [
      'customer erase carla@example.com --confirm carla@example.com',
      'customer erase 6f9c2b1e-… --confirm 6f9c2b1e-…',
    ],
  })
    .argument('<customer>', WHO)
    .requiredOption('--confirm <customer>', 'the same once more: that nobody else is meant')
    .action((customer: string, options: CommonOptions & { readonly confirm: string }) =>
      onDeployment(options, async (deployment) => {
        const erasure = await eraseCustomer(deployment, await customerIdOf(deployment, customer), options.confirm);
        if (erasure === undefined) throw new NotFound(`There is no customer ${customer}.`);
        if (options.json) printJson(erasure);
        else {
          const { customerId, erasedAt, requestedBy, orders } = erasure;
          console.log(`${colors.green('✔')} ${customerId} was erased at ${erasedAt}, as ${requestedBy} asked`);
          console.log(
            colors.dim(
              `  ${orders} orders stay without name and address. Backups keep what they hold: see the runbook.`,
            ),
          );
        }
        return EXIT_CODE.done;
      }),
    );
}

function searchCommand(): Command {
  return deploymentCommand({
    name: 'search',
    summary: 'Say where texts of a person, such as their name or address, are kept',
    details:
      'Looks into every table, the user pool and captured mails, in any case of letters. With --data also into the files ' +
      'of a data folder, byte by byte: what was deleted is there until the shop is stopped or started. ' +
      'Exit code 2 when something was found.',
    examples: [
      'customer search carla@example.com "Carla Canarybird"',
      'customer search --data .data carla@example.com',
    ],
  })
    .argument('<text...>', 'what to look for')
    .option('--data <folder>', 'look into the files of this data folder as well')
    .action((texts: readonly string[], options: SearchOptions) =>
      onDeployment(options, async (deployment) => {
        const files = options.data === undefined ? [] : searchFolder(path.resolve(options.data), texts);
        return tell([...(await searchDeployment(deployment, texts)), ...files], options.json);
      }),
    );
}

function tell(findings: readonly Finding[], isJson: boolean) {
  if (isJson) printJson(findings);
  else if (findings.length === 0) console.log(`${colors.green('✔')} found nowhere`);
  else for (const { text, place } of findings) console.log(`${colors.yellow(text)}  ${place}`);
  return findings.length === 0 ? EXIT_CODE.done : EXIT_CODE.notSo;
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new UserError(`${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}
