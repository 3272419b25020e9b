import type { Runtime } from '@order-workflow/runtime';
import type { Deployment } from '../deployment.ts';
import type { DEMO_USERS } from '../demo-users.ts';
import type { SandboxProcess } from '../sandbox-process.ts';
import type { ServedPage } from './gateway.ts';
import { machineHandlers } from './machine-handlers.ts';

/** What the page may ask of the program that runs the shop. */
export interface PageActions {
  /** Ends the runtime as a power cut would, and starts it again. */
  readonly kill?: () => void;
  /** Ends the runtime and starts it again on an empty data folder. */
  readonly reset?: () => void;
}

/** docs.stripe.com/testing: the provider's own ids, which its test mode knows too. */
const TEST_CARDS = [
  { id: 'pm_card_visa', title: 'Visa', says: 'pays at once' },
  { id: 'pm_card_threeDSecure2Required', title: 'Card with 3-D Secure', says: 'your bank asks you first' },
  { id: 'pm_card_chargeDeclinedInsufficientFunds', title: 'Empty card', says: 'is declined: no funds' },
  { id: 'pm_card_chargeDeclinedExpiredCard', title: 'Old card', says: 'is declined: expired' },
] as const;

const SAMPLE_CHECKOUT = {
  email: '{user}@example.com',
  name: '{user}',
  line1: '1 Tea Lane',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
} as const;

/** What lies behind the page. */
export interface PageParts {
  readonly runtime: Pick<Runtime, 'endpointUrl' | 'stackName' | 'outputs'>;
  readonly sandbox: Pick<SandboxProcess, 'url'>;
  readonly deployment: Deployment;
  /** Whom the page signs in by itself. Undefined: people have accounts and passwords of their own. */
  readonly users: typeof DEMO_USERS | undefined;
}

/** What the page is told of this machine: how to sign in, and that the parts behind the shop can be reached. */
export function servedPage(
  { runtime, sandbox, deployment, users }: PageParts,
  { kill, reset }: PageActions = {},
): ServedPage {
  return {
    backends: { api: deployment.output('HttpApiUrl'), pay: sandbox.url, aws: runtime.endpointUrl },
    config: {
      signIn: signInOf(deployment.output('UserPoolClientId'), users),
      live: 'events',
      testCards: TEST_CARDS,
      ...(users && { sampleCheckout: SAMPLE_CHECKOUT }),
      machine: { stackName: runtime.stackName, outputs: runtime.outputs, canKill: kill !== undefined },
    },
    handlers: machineHandlers({ deployment, sandboxUrl: sandbox.url, kill, reset }),
  };
}

function signInOf(clientId: string, users: PageParts['users']) {
  if (users === undefined) return { kind: 'password', clientId };
  // No secrets: they open nothing anywhere else.
  const known = users.map(({ username, password, groups }) => ({ username, password, groups }));
  return { kind: 'users', clientId, users: known };
}
