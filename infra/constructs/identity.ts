import { Duration } from 'aws-cdk-lib';
import type { IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { Mfa, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { MailDelivery } from './mail-delivery.ts';
import type { Platform } from './platform.ts';
import { SignInPool } from './sign-in-pool.ts';

/** Where the page of a developer runs, who works at it with the shop in the cloud. */
const LOCAL_PAGE = 'http://localhost:4569';

/** A working day. */
const OPERATOR_SESSION = Duration.hours(10);

/** What a page must know to lead somebody to the sign-in. */
export interface PageSignIn {
  readonly client: UserPoolClient;
  readonly pagesHost: string;
}

/** Both kinds of people, as the page signs them in and the API knows them. */
export interface PageIdentity {
  readonly customers: PageSignIn;
  readonly operators: PageSignIn;
  /** For routes of customers. */
  readonly customersAuthorizer: IHttpRouteAuthorizer;
  /** For routes of operators alone. */
  readonly operatorsAuthorizer: IHttpRouteAuthorizer;
}

/**
 * Who customers and operators are. Customers sign up by themselves. Operators are made by hand; where real people buy
 * they have a pool of their own, with a second factor and short tokens, and nobody of the other pool is one
 * (docs/decisions/0035).
 */
export class Identity extends Construct {
  readonly customers: SignInPool;
  readonly operators: SignInPool;
  /** Command lines sign customers in with it. */
  readonly client: UserPoolClient;
  private readonly platform: Platform;

  constructor(scope: Construct, id: string, platform: Platform, delivery: MailDelivery) {
    super(scope, id);
    this.platform = platform;
    const { settings } = platform;
    this.customers = new SignInPool(this, 'Customers', {
      platform,
      delivery,
      whose: 'customers',
      logicalId: 'UserPool',
      selfSignUpEnabled: true,
      mfa: Mfa.OPTIONAL,
      tokenValidity: settings.tokenValidity,
      sessionValidity: Duration.days(30),
    });
    acknowledge(this.customers.userPool, 'AwsSolutions-COG2', NO_FORCED_MFA);
    this.operators = settings.operatorsApart ? this.operatorPool(delivery) : this.customers;
    this.operators.addAdminGroup();
    this.client = this.customers.addPasswordClient();
  }

  /** @param pageUrl where the page is, and where Cognito sends a browser back to. Call it once. */
  signInAt(pageUrl: string): PageIdentity {
    const urls = this.platform.settings.servesCustomers ? [pageUrl] : [pageUrl, LOCAL_PAGE];
    const pageOf = (pool: SignInPool): PageSignIn => ({
      client: pool.addPageClient(urls),
      pagesHost: pool.pagesHost,
    });
    const customers = pageOf(this.customers);
    const customersAuthorizer = this.customers.authorizer('Customers');
    if (this.operators === this.customers) {
      return { customers, operators: customers, customersAuthorizer, operatorsAuthorizer: customersAuthorizer };
    }
    const operators = pageOf(this.operators);
    return { customers, operators, customersAuthorizer, operatorsAuthorizer: this.operators.authorizer('Operators') };
  }

  private operatorPool(delivery: MailDelivery): SignInPool {
    return new SignInPool(this, 'Operators', {
      platform: this.platform,
      delivery,
      whose: 'operators',
      logicalId: 'OperatorPool',
      selfSignUpEnabled: false,
      mfa: Mfa.REQUIRED,
      tokenValidity: this.platform.settings.operatorTokenValidity,
      sessionValidity: OPERATOR_SESSION,
    });
  }

  /** The `iss` of customers' tokens; their keys are at `/.well-known/jwks.json` below it. */
  get issuer(): string {
    return this.customers.userPool.userPoolProviderUrl;
  }
}

const NO_FORCED_MFA = 'Customers of a shop choose whether they want a second factor; the payment has its own.';
