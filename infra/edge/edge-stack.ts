import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import { EdgeAlarms } from './edge-alarms.ts';
import { EdgeWebAcl } from './edge-web-acl.ts';

/** The one region in which CloudFront takes certificates and web ACLs from (CloudFront developer guide). */
export const EDGE_REGION = 'us-east-1';

export interface EdgeStackProps extends StackProps {
  /** Domain of the page; undefined: it keeps that of its distribution. */
  readonly pageDomain: string | undefined;
  /** Zone of the domain; undefined: somebody enters the certificate's record elsewhere while the deployment waits. */
  readonly hostedZoneId: string | undefined;
  /** Whom its alarms ring at; undefined: they only show in the console. */
  readonly alarmEmail: string | undefined;
}

/**
 * What must stand in us-east-1, wherever the shop is: the web ACL before its page and API, and the certificate of its
 * domain. The shop's stack takes both by their ARNs, so that it stays one template for every region
 * (docs/decisions/0034).
 */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, { pageDomain, hostedZoneId, alarmEmail, ...props }: EdgeStackProps) {
    super(scope, id, { ...props, env: { ...props.env, region: EDGE_REGION } });
    const webAcl = new EdgeWebAcl(this, 'WebAcl');
    new EdgeAlarms(this, 'Alarms', alarmEmail);
    new CfnOutput(this, 'WebAclArn', { value: webAcl.arn });
    if (pageDomain === undefined) return;
    const certificate = new Certificate(this, 'PageCertificate', {
      domainName: pageDomain,
      validation: CertificateValidation.fromDns(this.zone(hostedZoneId, pageDomain)),
    });
    new CfnOutput(this, 'PageCertificateArn', { value: certificate.certificateArn });
  }

  private zone(hostedZoneId: string | undefined, zoneName: string) {
    return hostedZoneId === undefined
      ? undefined
      : HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName });
  }
}
