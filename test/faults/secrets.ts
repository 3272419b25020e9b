import type { AwsJsonApi } from '@order-workflow/runtime/services/shared';
import { PROVIDER_SECRET } from './payment-provider.ts';

/** Secrets Manager, with what the functions read from it. */
export function secrets(): AwsJsonApi {
  const texts: Readonly<Record<string, string>> = {
    payment: JSON.stringify(PROVIDER_SECRET),
    cursor: 'a-secret-of-tests-with-32-characters-and-more',
  };
  return {
    targetPrefix: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      GetSecretValue: ({ SecretId }) => ({ Name: SecretId, SecretString: texts[String(SecretId)] }),
    },
  };
}
