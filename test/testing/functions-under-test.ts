import type { HttpHandler } from '../../functions/platform/http/serve.ts';
import { startTestDynamoDb, type TestDynamoDb } from './dynamodb.ts';
import { startFakeAwsService } from './fake-aws-service.ts';

/** A store, and a secret to seal cursors with, in the environment of this process; import functions after it. */
export async function startShopEnvironment(): Promise<TestDynamoDb> {
  const store = await startTestDynamoDb();
  const secrets = await startFakeAwsService('secretsmanager');
  secrets.answer('GetSecretValue', () => ({ SecretString: 'a-secret-of-tests-with-32-characters-and-more' }));
  Object.assign(process.env, store.environment, {
    CURSOR_SECRET_ID: 'cursor-secret',
    CHECKOUTS_AN_HOUR: '20',
    CONTACTS_KEPT_DAYS: '760',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
  });
  return {
    ...store,
    async stop() {
      await secrets.stop();
      await store.stop();
    },
  };
}

/** Loads a function as Lambda does: its settings are in the environment by now. */
export async function load(module: Promise<{ handler: HttpHandler }>): Promise<HttpHandler> {
  return (await module).handler;
}
