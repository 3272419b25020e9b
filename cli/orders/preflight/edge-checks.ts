import { resolveNs } from 'node:dns/promises';
import { ACMClient, type CertificateDetail, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetWebACLCommand, ListWebACLsCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { checkBootstrap } from './account-checks.ts';
import { must, ok, raise, refused, type Environment, type Finding } from './finding.ts';
import type { ClientConfig } from './client-config.ts';
import { quotasOf } from './quota-checks.ts';
import type { LookUp } from './shop-checks.ts';

/** CloudFront takes web ACLs and certificates of this region only. */
const EDGE_REGION = 'us-east-1';
const DEPLOY_EDGE = 'npm run deploy:edge';

export interface EdgeOptions {
  readonly clientConfig: ClientConfig;
  readonly environment: Environment;
  readonly accountId: string;
  /** Of the deployment to come, or of the one that stands. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of a zone's servers, as the world sees them; `[]` or an error: there are none. */
  readonly nameServersOf?: LookUp;
  readonly lookUp: LookUp;
}

/** What stands before the shop: web ACL, certificate and domain of its page. */
export async function checkEdge(options: EdgeOptions): Promise<Finding[]> {
  const { parameters, environment, accountId } = options;
  const config = { ...options.clientConfig, region: EDGE_REGION };
  const given = (name: string) => parameters.get(name) ?? '';
  const findings: Finding[] = [];
  const webAclArn = given('WebAclArn');
  if (webAclArn !== '') findings.push(await checkWebAcl(new WAFV2Client(config), webAclArn));
  else if (environment === 'prod') {
    const bootstrap = await checkBootstrap(new SSMClient(config), accountId, EDGE_REGION);
    findings.push({ ...bootstrap, subject: `bootstrap of ${EDGE_REGION}` });
    findings.push(await checkWebAclQuota(new WAFV2Client(config), new ServiceQuotasClient(config)));
  }
  const domain = given('PageDomain');
  if (domain === '') return findings;
  findings.push(await checkCertificate(new ACMClient(config), given('PageCertificateArn'), domain));
  const zoneId = given('HostedZoneId');
  findings.push(
    zoneId === ''
      ? await checkPageDomain(domain, options.lookUp)
      : await checkZone(new Route53Client(config), {
          zoneId,
          domain,
          nameServersOf: options.nameServersOf ?? resolveNs,
        }),
  );
  return findings;
}

async function checkWebAcl(waf: WAFV2Client, arn: string): Promise<Finding> {
  const subject = 'web ACL';
  const [, Name = '', Id = ''] = /webacl\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  try {
    await waf.send(new GetWebACLCommand({ Name, Id, Scope: 'CLOUDFRONT' }));
    return ok(subject, Name);
  } catch (error) {
    if (nameOf(error) === 'WAFNonexistentItemException') return must(subject, `${arn} is not there`, DEPLOY_EDGE);
    return refused(subject, error, 'wafv2:GetWebACL');
  }
}

/** WAF developer guide, "AWS WAF quotas": of an account that asked for no more. */
const WEB_ACLS_OF_AN_ACCOUNT = 100;

/** Room for one more, before the edge is deployed. */
async function checkWebAclQuota(waf: WAFV2Client, serviceQuotas: ServiceQuotasClient): Promise<Finding> {
  const subject = 'WAF quota';
  try {
    const { WebACLs = [] } = await waf.send(new ListWebACLsCommand({ Scope: 'CLOUDFRONT', Limit: 100 }));
    const quota = (await quotasOf(serviceQuotas, 'wafv2')).find(({ name }) => /web ACLs.*CloudFront/i.test(name));
    const most = quota?.value ?? WEB_ACLS_OF_AN_ACCOUNT;
    const told = `${WebACLs.length} of ${most} web ACLs for CloudFront`;
    if (WebACLs.length < most) return ok(subject, told);
    return must(subject, told, 'raise "web ACLs" in the console: Service Quotas, AWS WAF, us-east-1');
  } catch (error) {
    return refused(subject, error, 'wafv2:ListWebACLs and servicequotas:ListServiceQuotas');
  }
}

async function checkCertificate(acm: ACMClient, CertificateArn: string, domain: string): Promise<Finding> {
  const subject = `certificate of ${domain}`;
  const mend = `${DEPLOY_EDGE} -- -c pageDomain=${domain}`;
  if (CertificateArn === '') return must(subject, 'PageCertificateArn is not given', mend);
  try {
    const { Certificate = {} } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
    if (!namesOf(Certificate).some((name) => covers(name, domain))) {
      return must(subject, `it is for ${namesOf(Certificate).join(', ')}`, mend);
    }
    if (Certificate.Status === 'ISSUED') return ok(subject, 'issued');
    return must(
      subject,
      (Certificate.Status ?? 'unknown').toLowerCase().replaceAll('_', ' '),
      proofOf(Certificate, mend),
    );
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return must(subject, `not in ${EDGE_REGION}`, mend);
    return refused(subject, error, 'acm:DescribeCertificate');
  }
}

function namesOf({ DomainName = '', SubjectAlternativeNames = [] }: CertificateDetail): string[] {
  return [...new Set([DomainName, ...SubjectAlternativeNames])];
}

/** A star stands for one label (RFC 6125, 6.4.3). */
function covers(name: string, domain: string): boolean {
  return name === domain || (name.startsWith('*.') && domain.slice(domain.indexOf('.')) === name.slice(1));
}

function proofOf({ Status, DomainValidationOptions = [] }: CertificateDetail, mend: string): string {
  const records = DomainValidationOptions.flatMap(({ ResourceRecord: record }) =>
    record === undefined ? [] : [record],
  );
  if (Status !== 'PENDING_VALIDATION' || records.length === 0) return mend;
  return `enter at your DNS provider: ${records.map(({ Name, Type, Value }) => `${Name} ${Type} ${Value}`).join('; ')}`;
}

interface Zone {
  readonly zoneId: string;
  readonly domain: string;
  readonly nameServersOf: LookUp;
}

/** A record in a zone that nobody asks is no address, and proves no certificate. */
async function checkZone(route53: Route53Client, { zoneId, domain, nameServersOf }: Zone): Promise<Finding> {
  const subject = `zone of ${domain}`;
  try {
    const { HostedZone, DelegationSet } = await route53.send(new GetHostedZoneCommand({ Id: zoneId }));
    const zone = (HostedZone?.Name ?? '').replace(/\.$/, '');
    if (domain !== zone && !domain.endsWith(`.${zone}`)) {
      return must(subject, `${zoneId} is the zone of ${zone}`, 'give the HostedZoneId of the domain');
    }
    const wanted = (DelegationSet?.NameServers ?? []).map(bare);
    const known = (await nameServersOf(zone).catch(noneOf)).map((server) => bare(String(server)));
    if (wanted.some((server) => known.includes(server))) return ok(subject, `${zone} leads to ${zoneId}`);
    const told = known.length === 0 ? 'nobody is asked for it' : `others are asked: ${known.join(', ')}`;
    return must(subject, told, `enter at your registrar the name servers ${wanted.join(', ')}`);
  } catch (error) {
    if (nameOf(error) === 'NoSuchHostedZone') return must(subject, `${zoneId} is not there`, 'give the HostedZoneId');
    return refused(subject, error, 'route53:GetHostedZone');
  }
}

/** Where the domain is entered by hand, it can be only once the distribution is there. */
async function checkPageDomain(domain: string, lookUp: LookUp): Promise<Finding> {
  const subject = `domain ${domain}`;
  const addresses = await lookUp(domain).catch(noneOf);
  if (addresses.length > 0) return ok(subject, 'has an address');
  return raise(
    subject,
    'has no address',
    'enter at your DNS provider, after the deployment, a CNAME to PageDistributionHost',
  );
}

/** @throws what is no answer of DNS. */
function noneOf(error: NodeJS.ErrnoException): readonly unknown[] {
  if (error.code === 'ENOTFOUND' || error.code === 'ENODATA') return [];
  throw error;
}

function bare(server: string): string {
  return server.toLowerCase().replace(/\.$/, '');
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
