import { DEFAULT_STACK_NAME, LOCAL_ENDPOINT_URL, type DeploymentAddress } from './deployment.ts';

/** Flags of every command that talks to a running system, in the form of `node:util` parseArgs. */
export const addressFlags = {
  'endpoint-url': { type: 'string' },
  aws: { type: 'boolean', default: false },
  stack: { type: 'string', default: DEFAULT_STACK_NAME },
} as const;

export interface AddressValues {
  readonly 'endpoint-url'?: string | undefined;
  readonly aws: boolean;
  readonly stack: string;
}

/** The embedded runtime is the default, because that is what a new user has; AWS is asked for by name. */
export function addressOf(values: AddressValues): DeploymentAddress {
  return {
    stackName: values.stack,
    endpointUrl: values.aws
      ? undefined
      : (values['endpoint-url'] ?? process.env['AWS_ENDPOINT_URL'] ?? LOCAL_ENDPOINT_URL),
  };
}

const SANDBOX_PORT_OFFSET = 2;

/** Where the payment sandbox of a local system listens; undefined for AWS. */
export function sandboxUrlOf({ endpointUrl }: DeploymentAddress): string | undefined {
  if (endpointUrl === undefined) return undefined;
  const url = new URL(endpointUrl);
  return `http://${url.hostname}:${Number(url.port) + SANDBOX_PORT_OFFSET}`;
}
