import type { System } from '../../cli/system.ts';

const PASSWORD = 'Tea-Time-At-5';

/** Users of tests: two customers and an admin. */
export const TEST_USERS = [
  { username: 'alice', sub: 'a11ce000-0000-4000-8000-000000000001', groups: [], password: PASSWORD },
  { username: 'bob', sub: 'b0b00000-0000-4000-8000-000000000002', groups: [], password: PASSWORD },
  { username: 'admin', sub: 'ad000000-0000-4000-8000-000000000003', groups: ['admin'], password: PASSWORD },
] as const;

/** An access token of the user, as the user pool gives it to whoever knows the password. */
export async function signIn({ runtime, deployment }: System, username: string): Promise<string> {
  const response = await fetch(runtime.endpointUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: deployment.output('UserPoolClientId'),
      AuthParameters: { USERNAME: username, PASSWORD },
    }),
  });
  const answer = (await response.json()) as { AuthenticationResult?: { AccessToken: string } };
  if (answer.AuthenticationResult === undefined) throw new Error(`${username} cannot sign in: ${response.status}`);
  return answer.AuthenticationResult.AccessToken;
}
