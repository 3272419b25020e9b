import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { Deployment } from './deployment.ts';
import { signIn } from './sign-in.ts';

interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

let server: Server;
let calls: Call[];
afterEach(() => server.close());

/** A pool that gives these answers one after the other, as the API reference writes them. */
async function poolAnswering(...answers: readonly object[]): Promise<Deployment> {
  calls = [];
  server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1]!;
    calls.push({ operation, input: JSON.parse(await text(request)) as Call['input'] });
    const answer = answers[calls.length - 1]!;
    response.writeHead('__type' in answer ? 400 : 200).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const address = { stackName: 'shop', endpointUrl: `http://127.0.0.1:${port}` };
  return new Deployment(address, new Map([['UserPoolClientId', 'client-1']]));
}

const TOKENS = { AuthenticationResult: { AccessToken: 'access', IdToken: 'id' } };
const asked: (string | undefined)[] = [];
const askCode = (secret?: string): Promise<string> => {
  asked.push(secret);
  return Promise.resolve('123456');
};
const operations = (): string[] => calls.map(({ operation }) => operation);

test('a password is enough where no second factor is asked for', async () => {
  const deployment = await poolAnswering(TOKENS);
  expect(await signIn(deployment, 'alice', 'secret', askCode)).toEqual({ accessToken: 'access', idToken: 'id' });
});

test('a second factor is asked for, and its code is given', async () => {
  const challenge = { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's-1' };
  const deployment = await poolAnswering(challenge, TOKENS);
  expect(await signIn(deployment, 'alice', 'secret', askCode)).toMatchObject({ accessToken: 'access' });
  expect(asked.at(-1)).toBeUndefined();
  expect(calls[1]).toEqual({
    operation: 'RespondToAuthChallenge',
    input: {
      ClientId: 'client-1',
      ...challenge,
      ChallengeResponses: { USERNAME: 'alice', SOFTWARE_TOKEN_MFA_CODE: '123456' },
    },
  });
});

test('a first sign-in sets an app up: its key is shown, and the sessions follow each other', async () => {
  const deployment = await poolAnswering(
    { ChallengeName: 'MFA_SETUP', Session: 's-1' },
    { SecretCode: 'KEY', Session: 's-2' },
    { Status: 'SUCCESS', Session: 's-3' },
    TOKENS,
  );
  expect(await signIn(deployment, 'alice', 'secret', askCode)).toMatchObject({ accessToken: 'access' });
  expect(asked.at(-1)).toBe('KEY');
  expect(operations()).toEqual([
    'InitiateAuth',
    'AssociateSoftwareToken',
    'VerifySoftwareToken',
    'RespondToAuthChallenge',
  ]);
  expect(calls.slice(1).map(({ input }) => input['Session'])).toEqual(['s-1', 's-2', 's-3']);
});

test.each([
  [{ __type: 'CodeMismatchException', message: 'Invalid code received for user' }, 'Invalid code received for user'],
  [{ __type: 'InternalErrorException' }, 'status 400'],
])('a refused code says so: %j', async (refusal, words) => {
  const deployment = await poolAnswering({ ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's-1' }, refusal);
  await expect(signIn(deployment, 'alice', 'secret', askCode)).rejects.toThrow(`Cannot sign alice in: ${words}`);
});

test('where nobody can be asked, it says what the pool asks for', async () => {
  const deployment = await poolAnswering({ ChallengeName: 'SOFTWARE_TOKEN_MFA', Session: 's-1' });
  await expect(signIn(deployment, 'alice', 'secret')).rejects.toThrow('it asks for SOFTWARE_TOKEN_MFA');
});
