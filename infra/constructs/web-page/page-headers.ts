import { Aws, Duration } from 'aws-cdk-lib';
import { type HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { SECURITY_HEADERS } from '../../../web/security-headers.ts';

const ONE_YEAR = Duration.days(365);

/** The headers that the gateway of one machine gives too, and that the page is to be had over TLS only. */
export function pageHeaders(scope: Construct, id: string): ResponseHeadersPolicy {
  const {
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': _nosniff,
    'referrer-policy': referrerPolicy,
    ...others
  } = SECURITY_HEADERS;
  return new ResponseHeadersPolicy(scope, id, {
    responseHeadersPolicyName: `${Aws.STACK_NAME}-${Aws.REGION}-page`,
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      referrerPolicy: {
        referrerPolicy: referrerPolicy satisfies `${HeadersReferrerPolicy}` as HeadersReferrerPolicy,
        override: true,
      },
      strictTransportSecurity: { accessControlMaxAge: ONE_YEAR, override: true },
    },
    // CloudFront has no field of their own for these.
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override: true })),
    },
  });
}
