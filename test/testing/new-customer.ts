import { randomUUID } from 'node:crypto';
import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ShopClient } from '../../cli/shop-client.ts';
import { signIn } from '../../cli/sign-in.ts';
import type { System } from '../../cli/system.ts';

export interface NewCustomer {
  readonly customerId: string;
  readonly accessToken: string;
  readonly shop: ShopClient;
}

/** Somebody who signs up, and confirms with the code of a mail. */
export async function aNewCustomer(
  { deployment, runtime }: Pick<System, 'deployment' | 'runtime'>,
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
    const { accessToken } = await signIn(deployment, email, Password);
    const shop = new ShopClient(deployment.output('HttpApiUrl'), accessToken);
    return { customerId: UserSub, accessToken, shop };
  } finally {
    cognito.destroy();
  }
}
