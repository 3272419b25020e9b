import { Duration } from 'aws-cdk-lib';
import { HttpUserPoolAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  AccountRecovery,
  CfnUserPool,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { MailDelivery } from './mail-delivery.ts';
import { cfnResourceOf, pinLogicalId, removalPolicyOf, type Platform } from './platform.ts';

/** Who customers and admins are. Customers sign up by themselves; admins are put into the group `admin` by hand. */
export class Identity extends Construct {
  readonly userPool: UserPool;
  readonly client: UserPoolClient;
  /** Lets a request through with a token of this pool for this client: issuer, audience, signature and times. */
  readonly authorizer: HttpUserPoolAuthorizer;

  constructor(scope: Construct, id: string, { settings }: Platform, delivery: MailDelivery) {
    super(scope, id);
    this.userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: true,
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
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: settings.keepsData,
      removalPolicy: removalPolicyOf(settings),
    });
    pinLogicalId(this.userPool, 'UserPool');
    if (settings.servesCustomers) mailThrough(delivery, this.userPool);
    acknowledge(this.userPool, 'AwsSolutions-COG2', NO_FORCED_MFA);
    acknowledge(this.userPool, 'AwsSolutions-COG8', NO_THREAT_PROTECTION);
    new CfnUserPoolGroup(this, 'Admins', {
      userPoolId: this.userPool.userPoolId,
      groupName: 'admin',
      description: 'Change the catalogue and the stock, ship orders, decide about parked ones',
    });
    this.client = this.userPool.addClient('Client', {
      disableOAuth: true,
      authFlows: { userSrp: true, userPassword: true },
      generateSecret: false, // its users are browsers and command lines, which keep none
      preventUserExistenceErrors: true,
      accessTokenValidity: settings.tokenValidity,
      idTokenValidity: settings.tokenValidity,
      refreshTokenValidity: Duration.days(30),
      enableTokenRevocation: true,
    });
    this.authorizer = new HttpUserPoolAuthorizer('Customers', this.userPool, { userPoolClients: [this.client] });
  }

  /** The `iss` of its tokens; their keys are at `/.well-known/jwks.json` below it. */
  get issuer(): string {
    return this.userPool.userPoolProviderUrl;
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

const NO_FORCED_MFA = 'Customers of a shop choose whether they want a second factor; the payment has its own.';
const NO_THREAT_PROTECTION = 'Threat protection costs more a month for each user than all the rest of the shop.';
