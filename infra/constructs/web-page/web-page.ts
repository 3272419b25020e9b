import { Aws, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AccessLevel,
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  CfnDistribution,
  Distribution,
  Function,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  S3OriginAccessControl,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { cfnResourceOf, type Platform } from '../platform.ts';
import { PageAddress, type PageAddressParameters } from './page-address.ts';
import { pageHeaders } from './page-headers.ts';

/** What the page calls, by the path under its own address. */
export interface PageBackends {
  readonly api: HttpApi;
  /** Host of the customers' sign-in pages. */
  readonly customerSignIn: string;
  /** Host of the operators' sign-in pages. */
  readonly operatorSignIn: string;
}

export interface WebPageProps {
  readonly platform: Platform;
  readonly backends: PageBackends;
  readonly address: PageAddressParameters;
}

/** As long as somebody may want to go back to a build by hand. */
const FORMER_BUILDS = Duration.days(30);

/**
 * The page on AWS: its files in a private bucket, and one address that gives them and passes on what the page calls, so
 * that it calls nothing but its own origin (docs/decisions/0029). `orders publish` fills the bucket.
 */
export class WebPage extends Construct {
  readonly bucket: IBucket;
  readonly distribution: Distribution;
  /** Without a slash at its end. */
  readonly url: string;
  /** Where customers come back to from their bank. */
  readonly returnUrl: string;

  constructor(scope: Construct, id: string, { platform, backends, address }: WebPageProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'Files', {
      ...PRIVATE,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: FORMER_BUILDS }],
    });
    // The declarations of Bucket and IBucket differ in what may be undefined.
    this.bucket = bucket as IBucket;
    acknowledge(bucket, 'AwsSolutions-S1', 'CloudFront alone reads it, and has an access log.');
    this.distribution = new Distribution(this, 'Distribution', {
      comment: `Page of ${Aws.STACK_NAME}`,
      defaultRootObject: 'index.html',
      defaultBehavior: this.files(),
      additionalBehaviors: this.passedOn(backends),
      logBucket: this.accessLog(platform),
    });
    acknowledge(
      this.distribution.node.findChild('Origin1'),
      'Annotation::@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'It has a root object, so that nobody sees a list.',
    );
    acknowledge(this.distribution, 'AwsSolutions-CFR1', 'The shop is open to customers of every country.');
    acknowledge(this.distribution, 'AwsSolutions-CFR2', WEB_ACL_BY_PARAMETER);
    acknowledge(this.distribution, 'AwsSolutions-CFR4', 'With a domain it is TLS 1.2; without, CloudFront decides.');
    const distribution = cfnResourceOf(this.distribution, CfnDistribution);
    const { url, returnUrl } = new PageAddress(this, 'Address', { ...address, distribution });
    this.url = url;
    this.returnUrl = returnUrl;
  }

  private files(): BehaviorOptions {
    return {
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket, {
        originAccessControl: new S3OriginAccessControl(this, 'ReadsFiles', {
          originAccessControlName: `${Aws.STACK_NAME}-${Aws.REGION}-page`,
        }),
        // Who may list is told 404 of what is not there, others 403.
        originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: pageHeaders(this, 'Headers'),
    };
  }

  private passedOn({ api, customerSignIn, operatorSignIn }: PageBackends): Record<string, BehaviorOptions> {
    const { region, urlSuffix } = Stack.of(this);
    const stripFirstSegment = new Function(this, 'StripFirstSegment', {
      functionName: `${Aws.STACK_NAME}-${Aws.REGION}-strip`,
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath: 'infra/constructs/web-page/strip-first-segment.js' }),
    });
    const behind = (host: string): BehaviorOptions => ({
      origin: new HttpOrigin(host, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // The token, the key and the version of a request go on; the host is the origin's.
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    });
    const below = (host: string): BehaviorOptions => ({
      ...behind(host),
      functionAssociations: [{ eventType: FunctionEventType.VIEWER_REQUEST, function: stripFirstSegment }],
    });
    return {
      'api/*': below(Fn.join('.', [api.apiId, 'execute-api', region, urlSuffix])),
      // The page exchanges the code of a sign-in for tokens: with a call, which its policy lets go to this address only.
      'oauth2/token': behind(customerSignIn),
      'operators/oauth2/token': below(operatorSignIn),
    };
  }

  /** CloudFront writes it by an access control list, as no other bucket of today knows them. */
  private accessLog({ settings }: Platform): IBucket {
    const log = new Bucket(this, 'AccessLog', {
      ...PRIVATE,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
      lifecycleRules: [{ expiration: Duration.days(settings.accessLogRetention) }],
    });
    acknowledge(log, 'AwsSolutions-S1', 'It is a log itself.');
    return log as IBucket;
  }
}

/** CloudFormation deletes no bucket with files in it: both stay behind, whatever the environment. */
const PRIVATE = {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
} as const;

const WEB_ACL_BY_PARAMETER = 'The web ACL is of the edge stack and comes as a parameter, which production must give.';
