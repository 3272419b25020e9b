import type { Service, ServiceContext } from '../service.ts';
import { secretsManagerResourceTypes } from './resource-types.ts';
import { secretsManagerApi } from './secretsmanager-api.ts';
import { SecretsManagerService } from './secretsmanager-service.ts';

export interface SecretsManagerSettings {
  /** Values of secrets, by name or by logical id in the template. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** AWS Secrets Manager. */
export function secretsManager(context: ServiceContext & SecretsManagerSettings): SecretsManagerService & Service {
  const service = new SecretsManagerService(context);
  return Object.assign(service, {
    apis: { json: [secretsManagerApi(service)] },
    resourceTypes: secretsManagerResourceTypes(service),
  });
}
