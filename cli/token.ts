// npm run token -- alice: signs a user in and prints the access token that the HTTP API takes.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { addressFlags, addressOf } from './address-flags.ts';
import { DEMO_USERS, demoPasswordOf } from './demo-users.ts';
import { Deployment } from './deployment.ts';
import { readCommandLine } from './read-flags.ts';
import { signIn } from './sign-in.ts';
import { runCommand, UserError } from './user-error.ts';

const USAGE = `Sign in and print the access token, for "Authorization: Bearer …".

  npm run --silent token -- alice

  ${DEMO_USERS.map(({ username }) => username).join(', ')} exist in the demo (npm start). admin is in the group "admin".

  --password PASSWORD  needed for any other user; - reads it from standard input
  --endpoint-url URL   address of the system (default AWS_ENDPOINT_URL, else http://localhost:4566)
  --aws                use AWS, with the profile and region of your environment
  --stack NAME         name of the stack (default order-workflow-dev)
  --help

Where a second factor is required, you are asked for the code of your authenticator app.
`;

await runCommand(async () => {
  const { values, positionals } = readCommandLine({
    allowPositionals: true,
    options: {
      ...addressFlags,
      password: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [username] = positionals;
  if (values.help || username === undefined || positionals.length > 1) {
    console.log(USAGE);
    if (!values.help) process.exitCode = 1;
    return;
  }
  const address = addressOf(values);
  const password = passwordOf(username, values.password, address.endpointUrl !== undefined);
  const deployment = await Deployment.find(address);
  try {
    const { accessToken } = await signIn(deployment, username, password, askAtTerminal);
    console.log(accessToken);
  } finally {
    deployment.close();
  }
});

/** On standard error: standard output is the token alone. @throws UserError where nobody can be asked. */
async function askAtTerminal(secret?: string): Promise<string> {
  if (!process.stdin.isTTY) throw new UserError('A code is asked for, and standard input is no terminal.');
  if (secret !== undefined) console.error(`Add this key to your authenticator app: ${secret}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question('Code of your authenticator app: ')).trim();
  } finally {
    terminal.close();
  }
}

function passwordOf(username: string, given: string | undefined, isLocal: boolean): string {
  if (given === '-') return readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  const password = given ?? (isLocal ? demoPasswordOf(username) : undefined);
  if (password === undefined) throw new UserError(`Give the password of ${username} with --password. See --help.`);
  return password;
}
