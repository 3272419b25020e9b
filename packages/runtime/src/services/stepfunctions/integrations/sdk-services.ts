/** How one AWS service appears in `aws-sdk:` resources. */
export interface SdkService {
  /** Before the dot of its errors. */
  readonly errorPrefix: string;
  /** How its own API spells members; resources spell them in PascalCase, whatever the service does. */
  readonly memberCase: 'pascal' | 'camel';
  /** Whether its API has points in time as epoch seconds; resources have them as RFC 3339 text. */
  readonly hasEpochSeconds: boolean;
  /** Codes of the runtime's answers that are no exceptions of the service's API model. */
  readonly unmodelled: readonly string[];
}

const PASCAL = { memberCase: 'pascal', hasEpochSeconds: true } as const;

/**
 * The services that `aws-sdk:` resources call, by their names in the ARN. Names and prefixes: Step Functions Developer
 * Guide, "Supported service integrations" of AWS SDK integrations.
 */
export const SDK_SERVICES = {
  cloudwatch: { ...PASCAL, errorPrefix: 'CloudWatch', unmodelled: ['ValidationError', 'ValidationException'] },
  // Its times are milliseconds, and of type long.
  cloudwatchlogs: { errorPrefix: 'CloudWatchLogs', memberCase: 'camel', hasEpochSeconds: false, unmodelled: [] },
  cognitoidentityprovider: { ...PASCAL, errorPrefix: 'CognitoIdentityProvider', unmodelled: ['ValidationException'] },
  dynamodb: {
    ...PASCAL,
    errorPrefix: 'DynamoDb',
    unmodelled: ['ValidationException', 'AccessDeniedException', 'UnrecognizedClientException'],
  },
  eventbridge: { ...PASCAL, errorPrefix: 'EventBridge', unmodelled: ['ValidationException', 'ServiceException'] },
  lambda: { ...PASCAL, errorPrefix: 'Lambda', unmodelled: ['ValidationException'] },
  scheduler: { ...PASCAL, errorPrefix: 'Scheduler', unmodelled: ['ServiceException'] },
  secretsmanager: { ...PASCAL, errorPrefix: 'SecretsManager', unmodelled: ['ValidationException'] },
  sesv2: { ...PASCAL, errorPrefix: 'SesV2', unmodelled: ['ValidationException'] },
  sfn: { errorPrefix: 'Sfn', memberCase: 'camel', hasEpochSeconds: true, unmodelled: ['ServiceUnavailable'] },
  sqs: {
    ...PASCAL,
    errorPrefix: 'Sqs',
    unmodelled: ['InvalidParameterValueException', 'MissingRequiredParameterException', 'ValidationException'],
  },
} as const satisfies Record<string, SdkService>;

export type SdkServiceName = keyof typeof SDK_SERVICES;

/** Errors that any service may answer and that no API model has. */
const UNMODELLED = new Set([
  'InternalFailure',
  'SdkClientException',
  'SerializationException',
  'UnknownOperationException',
]);

export function sdkService(name: string): SdkService | undefined {
  return Object.hasOwn(SDK_SERVICES, name) ? SDK_SERVICES[name as SdkServiceName] : undefined;
}

/**
 * The error of an `aws-sdk:` task, e.g. `DynamoDb.ConditionalCheckFailedException`. Each name ends in `Exception`, also
 * where the service's own does not (Developer Guide, AWS SDK integrations). What the service's model does not name is
 * the exception of the whole service, as `DynamoDb.DynamoDbException` for a ValidationException.
 */
export function sdkErrorName(serviceName: string, code: string): string {
  const service = sdkService(serviceName);
  const prefix = service?.errorPrefix ?? serviceName.charAt(0).toUpperCase() + serviceName.slice(1);
  if (UNMODELLED.has(code) || service?.unmodelled.includes(code)) return `${prefix}.${prefix}Exception`;
  return `${prefix}.${code.endsWith('Exception') ? code : `${code}Exception`}`;
}

/** The cause of an `aws-sdk:` task's error: the service's words, and where they come from. */
export function sdkErrorCause(serviceName: string, error: { message: string; statusCode: number }, requestId: string) {
  const service = sdkService(serviceName)?.errorPrefix ?? serviceName;
  return `${error.message} (Service: ${service}, Status Code: ${error.statusCode}, Request ID: ${requestId})`;
}
