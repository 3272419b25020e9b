import type { AwsJsonApi } from '@order-workflow/runtime/services/shared';
import { PROVIDER_SECRET } from './payment-provider.ts';

/** Secrets Manager, with what the functions read from it. @param variables in which they find the secrets' ids. */
export function secrets(variables: Readonly<Record<string, string>>): AwsJsonApi {
  const texts: Readonly<Record<string, string>> = {
    [variables['PAYMENT_SECRET_ID'] ?? '']: JSON.stringify(PROVIDER_SECRET),
    [variables['CURSOR_SECRET_ID'] ?? '']: 'a-secret-of-tests-with-32-characters-and-more',
  };
  return {
    targetPrefix: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      GetSecretValue: ({ SecretId }) => ({ Name: SecretId, SecretString: texts[String(SecretId)] }),
    },
  };
}
