import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

/** WAF counts over five minutes unless told (WAF developer guide, "Rate-based rule settings"). */
const WINDOW_SECONDS = 300;

/**
 * Most requests in five minutes. A page that is open asks every 2 s for one order and every 10 s for a list; behind one
 * address there may be an office.
 */
const LIMITS = {
  /** Of one address, for anything. */
  address: 3000,
  /** Of one address, for checkouts: a shop's counter, not somebody who tries cards with many accounts. */
  checkoutsOfAddress: 100,
  /** Of one address, for sign-ins. */
  signInsOfAddress: 300,
  /** Of one token: whoever it belongs to, from however many addresses. */
  token: 1500,
} as const;

/** What metrics call the web ACL. WAF keeps `All` and `Default_Action` for itself. */
export const EDGE_METRIC = 'Edge';

type Statement = CfnWebACL.StatementProperty;

/** AWS's own lists, whose rules do not look into what customers write (names with quotes are names). */
const MANAGED = ['AWSManagedRulesAmazonIpReputationList', 'AWSManagedRulesKnownBadInputsRuleSet'] as const;

/** What stands before page and API: nobody gets more than a busy person needs, and known attackers get nothing. */
export class EdgeWebAcl extends Construct {
  readonly webAcl: CfnWebACL;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const rules = [
      limited('CheckoutsOfAddress', perAddress(LIMITS.checkoutsOfAddress, checkouts())),
      limited('SignInsOfAddress', perAddress(LIMITS.signInsOfAddress, pathEndsWith('/oauth2/token'))),
      limited('RequestsOfToken', perToken(LIMITS.token)),
      limited('RequestsOfAddress', perAddress(LIMITS.address)),
      ...MANAGED.map(managed),
    ];
    this.webAcl = new CfnWebACL(this, 'Acl', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      customResponseBodies: { tooMany: { contentType: 'APPLICATION_JSON', content: JSON.stringify(TOO_MANY) } },
      rules: rules.map((rule, priority) => ({ ...rule, priority })),
      visibilityConfig: measuredAs(EDGE_METRIC),
    });
  }

  get arn(): string {
    return this.webAcl.attrArn;
  }
}

/** As the API's own refusals are (RFC 9457). */
const TOO_MANY = { type: 'about:blank', title: 'Too many requests', status: 429, code: 'TOO_MANY_REQUESTS' };

type Rule = Omit<CfnWebACL.RuleProperty, 'priority'>;

/** @param rate of five minutes. */
function limited(name: string, rate: CfnWebACL.RateBasedStatementProperty): Rule {
  const responseHeaders = [{ name: 'Retry-After', value: String(WINDOW_SECONDS) }];
  return {
    name,
    statement: { rateBasedStatement: { ...rate, evaluationWindowSec: WINDOW_SECONDS } },
    action: { block: { customResponse: { responseCode: 429, customResponseBodyKey: 'tooMany', responseHeaders } } },
    visibilityConfig: measuredAs(name),
  };
}

function managed(name: string): Rule {
  return {
    name,
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
    overrideAction: { none: {} },
    visibilityConfig: measuredAs(name),
  };
}

function perAddress(limit: number, scopeDownStatement?: Statement): CfnWebACL.RateBasedStatementProperty {
  return { limit, aggregateKeyType: 'IP', ...(scopeDownStatement !== undefined && { scopeDownStatement }) };
}

/** Requests without a token are not counted here. */
function perToken(limit: number): CfnWebACL.RateBasedStatementProperty {
  const header = { name: 'authorization', textTransformations: AS_IT_IS };
  return { limit, aggregateKeyType: 'CUSTOM_KEYS', customKeys: [{ header }] };
}

function checkouts(): Statement {
  const isPost = {
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      positionalConstraint: 'EXACTLY',
      searchString: 'POST',
      textTransformations: AS_IT_IS,
    },
  };
  return { andStatement: { statements: [isPost, pathEndsWith('/basket/checkout')] } };
}

function pathEndsWith(searchString: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'ENDS_WITH',
      searchString,
      // A percent sign in the right place must not lead past the rule.
      textTransformations: [{ priority: 0, type: 'URL_DECODE' }],
    },
  };
}

const AS_IT_IS = [{ priority: 0, type: 'NONE' }];

function measuredAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
