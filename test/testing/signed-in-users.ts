import { demoPasswordOf, type DemoUsername } from '../../cli/demo-users.ts';
import { ShopClient } from '../../cli/shop-client.ts';
import { signIn, type Tokens } from '../../cli/sign-in.ts';
import type { System } from '../../cli/system.ts';

/** Tokens of a demo user, as the user pool gives them to whoever knows the password. */
export function tokensOf({ deployment }: System, username: DemoUsername): Promise<Tokens> {
  return signIn(deployment, username, demoPasswordOf(username));
}

/** The shop's HTTP API in a demo user's name. */
export function shopOf({ deployment }: System, username: DemoUsername): Promise<ShopClient> {
  return ShopClient.signedIn(deployment, username, demoPasswordOf(username));
}
