import type { Service, ServiceContext } from '../service.ts';
import { cognitoApi, cognitoWellKnown } from './cognito-api.ts';
import { CognitoService } from './cognito-service.ts';
import { cognitoResourceTypes } from './resource-types.ts';
import type { DemoUser } from './user-pool.ts';

export type { DemoUser };

export interface CognitoSettings {
  /** Users of every user pool of the template. */
  readonly users: readonly DemoUser[];
}

/** Amazon Cognito user pools. */
export function cognito(context: ServiceContext & CognitoSettings): CognitoService & Service {
  const service = new CognitoService(context);
  return Object.assign(service, {
    apis: { json: [cognitoApi(service)], rest: [cognitoWellKnown(service)] },
    resourceTypes: cognitoResourceTypes(service),
  });
}
