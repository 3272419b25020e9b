import type { Deployment } from '../../deployment.ts';

interface PageClient {
  readonly clientId: string;
  readonly signInUrl: string;
  readonly tokenPath: string;
}

/** What the page on AWS must know of where it runs (web/platform/config.ts). Nothing of it is a secret. */
export function pageConfigOf(deployment: Pick<Deployment, 'output'>): object {
  const customers: PageClient = {
    clientId: deployment.output('PageClientId'),
    signInUrl: `https://${deployment.output('SignInHost')}`,
    tokenPath: 'oauth2/token',
  };
  const operators: PageClient = {
    clientId: deployment.output('OperatorPageClientId'),
    signInUrl: `https://${deployment.output('OperatorSignInHost')}`,
    tokenPath: 'operators/oauth2/token',
  };
  const areApart = operators.clientId !== customers.clientId;
  return { signIn: { kind: 'pkce', customers, ...(areApart && { operators }) }, live: 'polling' };
}
