import { randomUUID } from 'node:crypto';
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ShopClient } from '../../cli/shop-client.ts';
import type { System } from '../../cli/system.ts';

export interface NewCustomer {
  readonly customerId: string;
  readonly shop: ShopClient;
}

/** Somebody who signs up, and confirms with the code of a mail. */
export async function aNewCustomer(
  { deployment, runtime }: System,
  { email, name }: { readonly email: string; readonly name: string },
): Promise<NewCustomer> {
  const cognito = new CognitoIdentityProviderClient(deployment.clientConfig);
  const ClientId = deployment.output('UserPoolClientId');
  const [Username, Password] = [randomUUID(), `Correct-horse-${randomUUID()}`];
  try {
    const UserAttributes = [
      { Name: 'email', Value: email },
      { Name: 'name', Value: name },
    ];
    const { UserSub = '' } = await cognito.send(new SignUpCommand({ ClientId, Username, Password, UserAttributes }));
    const { mails } = (await (await fetch(`${runtime.endpointUrl}/_runtime/mails?to=${email}`)).json()) as {
      mails: { text: string }[];
    };
    const ConfirmationCode = /\d{6}/.exec(mails.at(-1)?.text ?? '')?.[0];
    await cognito.send(new ConfirmSignUpCommand({ ClientId, Username, ConfirmationCode }));
    return { customerId: UserSub, shop: await ShopClient.signedIn(deployment, email, Password) };
  } finally {
    cognito.destroy();
  }
}
