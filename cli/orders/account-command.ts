import { randomUUID } from 'node:crypto';
import {
  ConfirmSignUpCommand,
  ResendConfirmationCodeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { Command } from 'commander';
import * as z from 'zod';
import { colors } from '../colors.ts';
import { UserError } from '../user-error.ts';
import { deploymentCommand, onDeployment, type CommonOptions } from './command.ts';
import { passwordFrom, withUserPool } from './customers/user-pool.ts';
import { EXIT_CODE } from './exit-code.ts';
import { NotFound } from './not-found.ts';

export function accountCommand(): Command {
  return new Command('account')
    .description('Sign up as a customer, as the page does')
    .addCommand(signUpCommand())
    .addCommand(confirmCommand())
    .addCommand(resendCommand())
    .addCommand(mailCommand());
}

function signUpCommand(): Command {
  return deploymentCommand({
    name: 'sign-up',
    summary: 'Open an account; a mail brings a code to confirm it with',
    details: 'It prints the name of the account, which `confirm` takes. Later the address signs in: npm run token.',
    examples: ['account sign-up carla@example.com --password - < password.txt'],
  })
    .argument('<email>', 'e-mail address, to which the code goes')
    .requiredOption('--password <password>', '- reads it from standard input')
    .action((email: string, options: CommonOptions & { readonly password: string }) =>
      onDeployment(options, async (deployment) => {
        const Username = randomUUID(); // an address cannot be a name: it is verified later, and may change
        const ClientId = deployment.output('UserPoolClientId');
        const Password = passwordFrom(options.password);
        const UserAttributes = [{ Name: 'email', Value: email }];
        await withUserPool(deployment, (cognito) =>
          cognito.send(new SignUpCommand({ ClientId, Username, Password, UserAttributes })),
        );
        console.log(Username);
        console.error(
          colors.dim(
            `A code is on its way to ${email} (captured: orders account mail ${email}).\nThen: orders account confirm ${Username} CODE`,
          ),
        );
        return EXIT_CODE.done;
      }),
    );
}

function confirmCommand(): Command {
  return deploymentCommand({
    name: 'confirm',
    summary: 'Confirm an account with the code of the mail',
    examples: ['account confirm 6f9c2b1e-… 123456'],
  })
    .argument('<name>', 'of the account, as sign-up printed it')
    .argument('<code>', 'of the mail')
    .action((Username: string, ConfirmationCode: string, options: CommonOptions) =>
      onDeployment(options, async (deployment) => {
        const ClientId = deployment.output('UserPoolClientId');
        await withUserPool(deployment, (cognito) =>
          cognito.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode })),
        );
        console.log(`${colors.green('✔')} confirmed: the address signs in now`);
        return EXIT_CODE.done;
      }),
    );
}

function resendCommand(): Command {
  return deploymentCommand({
    name: 'resend',
    summary: 'Have another code sent, in the place of the earlier one',
    examples: ['account resend 6f9c2b1e-…'],
  })
    .argument('<name>', 'of the account, as sign-up printed it')
    .action((Username: string, options: CommonOptions) =>
      onDeployment(options, async (deployment) => {
        const ClientId = deployment.output('UserPoolClientId');
        await withUserPool(deployment, (cognito) =>
          cognito.send(new ResendConfirmationCodeCommand({ ClientId, Username })),
        );
        console.log(`${colors.green('✔')} another code is on its way`);
        return EXIT_CODE.done;
      }),
    );
}

const Mails = z.object({ mails: z.array(z.object({ subject: z.string(), text: z.string().optional() })) });

function mailCommand(): Command {
  return deploymentCommand({
    name: 'mail',
    summary: 'Show the last mail to an address, where mails are captured and not sent',
    details: 'Exit code 2 when there is none.',
    examples: ['account mail carla@example.com'],
  })
    .argument('<email>', 'e-mail address')
    .action((email: string, options: CommonOptions) =>
      onDeployment(options, async ({ address }) => {
        if (address.endpointUrl === undefined) throw new UserError('AWS sends mails: look into the mailbox.');
        const query = new URLSearchParams({ to: email, limit: '1' });
        const response = await fetch(`${address.endpointUrl}/_runtime/mails?${query.toString()}`);
        const [mail] = Mails.parse(await response.json()).mails;
        if (mail === undefined) throw new NotFound(`There is no mail to ${email}.`);
        console.log(`${mail.subject}\n\n${mail.text ?? ''}`);
        return EXIT_CODE.done;
      }),
    );
}
