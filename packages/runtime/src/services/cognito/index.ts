import type { Service, ServiceContext } from '../service.ts';
import type { MailCapture } from '../shared/ports/mails.ts';
import { cognitoApi, cognitoWellKnown } from './cognito-api.ts';
import { CognitoService } from './cognito-service.ts';
import { cognitoResourceTypes } from './resource-types.ts';
import { signInPages } from './sign-in-pages/sign-in-pages.ts';
import type { DemoUser } from './user-pool.ts';

/** What an authenticator app shows. */
export { codeAt } from './software-token.ts';
export type { DemoUser };

export interface CognitoSettings {
  /** Users that every user pool of the template has from the start. */
  readonly users: readonly DemoUser[];
}

/** Amazon Cognito user pools. Their mails are captured beside those of SES. */
export function cognito(
  context: ServiceContext & CognitoSettings & { readonly ses: MailCapture },
): CognitoService & Service {
  const service = new CognitoService({ ...context, mails: context.ses });
  return Object.assign(service, {
    apis: { json: [cognitoApi(service)], rest: [cognitoWellKnown(service), signInPages(service)] },
    resourceTypes: cognitoResourceTypes(service),
  });
}
