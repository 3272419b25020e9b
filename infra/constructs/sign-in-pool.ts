import { Aws, type Duration, Fn } from 'aws-cdk-lib';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  AccountRecovery,
  CfnUserPool,
  CfnUserPoolClient,
  CfnUserPoolGroup,
  FeaturePlan,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
  type UserPoolProps,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { MailDelivery } from './mail-delivery.ts';
import { cfnResourceOf, pinLogicalId, removalPolicyOf, type Platform } from './platform.ts';

export interface SignInPoolProps extends Pick<UserPoolProps, 'selfSignUpEnabled' | 'mfa'> {
  readonly platform: Platform;
  /** Which pool, in the address of its sign-in pages. */
  readonly whose: 'customers' | 'operators';
  readonly logicalId: string;
  readonly delivery: MailDelivery;
  readonly tokenValidity: Duration;
  /** After which somebody signs in again. */
  readonly sessionValidity: Duration;
}

/** People with passwords, the pages where they sign in, and the proof of it that the API takes. */
export class SignInPool extends Construct {
  readonly userPool: UserPool;
  /** Host of the sign-in pages. */
  readonly pagesHost: string;
  private readonly clients: UserPoolClient[] = [];
  private readonly props: SignInPoolProps;

  constructor(scope: Construct, id: string, props: SignInPoolProps) {
    super(scope, id);
    this.props = props;
    const { settings } = props.platform;
    // Beside this construct: moving the pool would replace what is below it.
    this.userPool = new UserPool(scope, props.logicalId, {
      selfSignUpEnabled: props.selfSignUpEnabled,
      mfa: props.mfa,
      signInAliases: { username: true, email: true },
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      mfaSecondFactor: { otp: true, sms: false },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: settings.keepsData,
      removalPolicy: removalPolicyOf(settings),
    } as UserPoolProps);
    pinLogicalId(this.userPool, props.logicalId);
    if (settings.servesCustomers) mailThrough(props.delivery, this.userPool);
    acknowledge(this.userPool, 'AwsSolutions-COG8', NO_THREAT_PROTECTION);
    this.pagesHost = this.givePages();
  }

  /** For command lines: passwords, no pages. */
  addPasswordClient(): UserPoolClient {
    return this.addClient('Client', { disableOAuth: true, authFlows: { userSrp: true, userPassword: true } });
  }

  /** For the page: a code in exchange for a proof (RFC 7636), and no passwords in our hands. */
  addPageClient(pageUrls: readonly string[]): UserPoolClient {
    const urls = pageUrls.map((url) => `${url}/`);
    const client = this.addClient('PageClient', {
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.PROFILE],
        callbackUrls: urls,
        logoutUrls: urls,
      },
    });
    // Only the renewal of a session: where nothing is said, Cognito takes passwords by SRP too.
    cfnResourceOf(client, CfnUserPoolClient).explicitAuthFlows = ['ALLOW_REFRESH_TOKEN_AUTH'];
    return client;
  }

  addAdminGroup(): void {
    new CfnUserPoolGroup(this.node.scope!, 'Admins', {
      userPoolId: this.userPool.userPoolId,
      groupName: 'admin',
      description: 'Change the catalogue and the stock, ship orders, decide about parked ones',
    });
  }

  /** Lets a request through with a token of this pool for one of its clients. Call it when all of them are there. */
  authorizer(id: string): HttpUserPoolAuthorizer {
    return new HttpUserPoolAuthorizer(id, this.userPool, { userPoolClients: this.clients });
  }

  private addClient(id: string, options: UserPoolClientOptions): UserPoolClient {
    const { tokenValidity, sessionValidity } = this.props;
    const client = this.userPool.addClient(id, {
      ...options,
      generateSecret: false, // its users are browsers and command lines, which keep none
      preventUserExistenceErrors: true,
      accessTokenValidity: tokenValidity,
      idTokenValidity: tokenValidity,
      refreshTokenValidity: sessionValidity,
      enableTokenRevocation: true,
    });
    this.clients.push(client);
    return client;
  }

  /** Their name must be nobody else's in the region: that of the stack is, by the end of its id. */
  private givePages(): string {
    const unique = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const domainPrefix = Fn.join('-', [this.props.whose, unique]);
    this.userPool.addDomain('SignInPages', { cognitoDomain: { domainPrefix } });
    return Fn.join('.', [domainPrefix, 'auth', Aws.REGION, 'amazoncognito.com']);
  }
}

/**
 * Cognito's own mailer sends some fifty mails a day. Set below the construct, which wants to know the domain before the
 * deployment. Cognito takes a verified identity only, so that of the domain must be there first (`orders preflight`).
 */
function mailThrough(delivery: MailDelivery, userPool: UserPool): void {
  cfnResourceOf(userPool, CfnUserPool).emailConfiguration = {
    emailSendingAccount: 'DEVELOPER',
    from: delivery.sender,
    sourceArn: delivery.domainIdentityArn,
    configurationSet: delivery.configurationSetName,
  };
}

const NO_THREAT_PROTECTION = 'Threat protection costs more a month for each user than all the rest of the shop.';
