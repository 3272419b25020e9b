import { startFakeAwsService, type FakeAwsService } from './fake-aws-service.ts';

/** A user pool that speaks Cognito's protocol, and whose users a test brings along. */
export interface FakeUserPool {
  readonly service: FakeAwsService;
  /** By the subject of their tokens: the attributes of each. */
  readonly users: Map<string, Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** Puts its address into the environment of this process: import functions after it. */
export async function startFakeUserPool(): Promise<FakeUserPool> {
  const service = await startFakeAwsService('AWSCognitoIdentityProviderService');
  const users = new Map<string, Readonly<Record<string, string>>>();
  const found = (Username: unknown, answer: (attributes: Readonly<Record<string, string>>) => object) => {
    const attributes = users.get(String(Username));
    return attributes === undefined ? { error: 'UserNotFoundException' } : answer(attributes);
  };
  service.answer('AdminGetUser', ({ Username }) =>
    found(Username, (attributes) => ({
      Username,
      UserCreateDate: 1_760_000_000,
      UserAttributes: Object.entries({ sub: String(Username), ...attributes }).map(([Name, Value]) => ({
        Name,
        Value,
      })),
    })),
  );
  service.answer('AdminDeleteUser', ({ Username }) =>
    found(Username, () => {
      users.delete(String(Username));
      return {};
    }),
  );
  Object.assign(process.env, {
    USER_POOL_ID: 'us-east-1_test',
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: service.endpoint,
  });
  return { service, users, stop: () => service.stop() };
}
