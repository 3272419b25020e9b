import { Command } from 'commander';
import { colors } from '../colors.ts';
import { deploymentCommand, onDeployment, type CommonOptions } from './command.ts';
import { addOperator, passwordFrom, removeOperator } from './customers/user-pool.ts';
import { EXIT_CODE } from './exit-code.ts';

export function operatorCommand(): Command {
  return new Command('operator')
    .description('Say who may run the shop: the first operator, too')
    .addCommand(addCommand())
    .addCommand(removeCommand());
}

function addCommand(): Command {
  return deploymentCommand({
    name: 'add',
    summary: 'Make somebody an operator, with a new account if they have none',
    details: 'Whoever may administer the user pool may do this: on AWS, IAM says so. The next sign-in has the right.',
    examples: ['operator add you@example.com --password - < password.txt', 'operator add carla@example.com'],
  })
    .argument('<email>', 'e-mail address of the operator')
    .option('--password <password>', 'of a new account; - reads it from standard input')
    .action((email: string, options: CommonOptions & { readonly password?: string }) =>
      onDeployment(options, async (deployment) => {
        let password: string | undefined;
        const read = () => (password ??= passwordFrom(options.password)); // standard input is read once
        const made = await addOperator(deployment, { email, password: read });
        const how =
          made === 'made' ? 'has an account now, and is an operator' : 'is an operator from the next sign-in on';
        console.log(`${colors.green('✔')} ${email} ${how}`);
        return EXIT_CODE.done;
      }),
    );
}

function removeCommand(): Command {
  return deploymentCommand({
    name: 'remove',
    summary: 'Take the right to run the shop away; the account stays',
    details: 'Sessions end. A token that was given out is good for as long as it says: an hour at most.',
    examples: ['operator remove carla@example.com'],
  })
    .argument('<email>', 'e-mail address of the operator')
    .action((email: string, options: CommonOptions) =>
      onDeployment(options, async (deployment) => {
        await removeOperator(deployment, email);
        console.log(`${colors.green('✔')} ${email} is no operator any more`);
        return EXIT_CODE.done;
      }),
    );
}
