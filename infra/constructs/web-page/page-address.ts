import { CfnCondition, Fn } from 'aws-cdk-lib';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { PageParameters } from '../../deployment-parameters.ts';

/** Of every distribution (Route 53 API reference, AliasTarget). */
const CLOUDFRONT_ZONE = 'Z2FDTNDATAQYW2';

/** The page's own (web/returned.html). */
const RETURNED = '/returned.html';

export type PageAddressParameters = Omit<PageParameters, 'allowedOrigins'>;

export interface PageAddressProps extends PageAddressParameters {
  readonly distribution: CfnDistribution;
}

/**
 * Where the page is: at a domain of the shop's own when the deployment names one, otherwise at the distribution's. What
 * it names is known to CloudFormation only, so that one template serves shops with and without.
 */
export class PageAddress extends Construct {
  /** Without a slash at its end. */
  readonly url: string;
  /** Where customers come back to from their bank. */
  readonly returnUrl: string;

  constructor(scope: Construct, id: string, props: PageAddressProps) {
    super(scope, id);
    const { distribution, pageDomain, pageCertificateArn, hostedZoneId, webAclArn } = props;
    const when = (name: string, value: string) =>
      new CfnCondition(this, name, { expression: Fn.conditionNot(Fn.conditionEquals(value, '')) });
    const hasDomain = when('HasDomain', pageDomain);
    // W1030: cfn-lint does not see that an empty parameter is never used.
    distribution.cfnOptions.metadata = { 'cfn-lint': { config: { ignore_checks: ['W1030'] } } };
    const only = (condition: CfnCondition, value: unknown): unknown => ({
      'Fn::If': [condition.logicalId, value, { Ref: 'AWS::NoValue' }],
    });
    distribution.addPropertyOverride('DistributionConfig.Aliases', only(hasDomain, [pageDomain]));
    distribution.addPropertyOverride(
      'DistributionConfig.ViewerCertificate',
      only(hasDomain, {
        AcmCertificateArn: pageCertificateArn,
        SslSupportMethod: 'sni-only',
        MinimumProtocolVersion: 'TLSv1.2_2021',
      }),
    );
    distribution.addPropertyOverride('DistributionConfig.WebACLId', only(when('HasWebAcl', webAclArn), webAclArn));
    this.nameIn(when('HasHostedZone', hostedZoneId), props);
    const host = Fn.conditionIf(hasDomain.logicalId, pageDomain, distribution.attrDomainName).toString();
    this.url = Fn.join('', ['https://', host]);
    const { logicalId } = when('HasReturnUrl', props.paymentReturnUrl);
    this.returnUrl = Fn.conditionIf(logicalId, props.paymentReturnUrl, Fn.join('', [this.url, RETURNED])).toString();
  }

  private nameIn(hasZone: CfnCondition, { distribution, pageDomain, hostedZoneId }: PageAddressProps): void {
    for (const type of ['A', 'AAAA']) {
      const record = new CfnRecordSet(this, `${type}Record`, {
        hostedZoneId,
        name: pageDomain,
        type,
        aliasTarget: { dnsName: distribution.attrDomainName, hostedZoneId: CLOUDFRONT_ZONE },
      });
      record.cfnOptions.condition = hasZone;
    }
  }
}
