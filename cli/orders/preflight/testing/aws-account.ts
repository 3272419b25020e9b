import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What is true of an account. */
export interface AccountFacts {
  readonly bootstrapVersion?: string;
  readonly concurrency: number;
  readonly quotas: Readonly<Record<string, readonly { readonly name: string; readonly value: number }[]>>;
  readonly mail: object;
  /** By domain. */
  readonly identities: Readonly<Record<string, object>>;
  readonly stack?: { readonly status: string; readonly parameters: Readonly<Record<string, string>> };
  /** Of us-east-1, which the edge is in. */
  readonly edge?: EdgeFacts;
  /** Operations that the caller may not use. */
  readonly denied?: readonly string[];
  readonly signedIn?: boolean;
}

export interface EdgeFacts {
  readonly webAcls?: readonly { readonly Name: string; readonly Id: string }[];
  /** By ARN, as DescribeCertificate tells them. */
  readonly certificates?: Readonly<Record<string, object>>;
  /** By id. */
  readonly zones?: Readonly<Record<string, { readonly name: string; readonly servers: readonly string[] }>>;
}

export interface AwsAccount {
  facts: AccountFacts;
  readonly endpointUrl: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
}

/**
 * Stands for the APIs of AWS that the preflight asks, each in its own protocol and with the answers and errors of its
 * API reference: STS and CloudFormation (query), SSM, Service Quotas, WAF and ACM (JSON), Lambda and SES (REST), Route 53
 * (REST with XML). Of a signature only the region is read: web ACLs for CloudFront and certificates are found in
 * us-east-1 alone. Pages are never full.
 */
export async function startAwsAccount(facts: AccountFacts): Promise<AwsAccount> {
  const account: { facts: AccountFacts } = { facts };
  const server = createServer((request, response) => void answer(request, response, account.facts)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  return Object.assign(account, {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, facts: AccountFacts): Promise<void> {
  const { status, body, contentType } = answerTo(request, await text(request), facts);
  response.writeHead(status, { 'content-type': contentType });
  response.end(body);
}

function answerTo(request: IncomingMessage, body: string, facts: AccountFacts): Answer {
  const target = String(request.headers['x-amz-target'] ?? '');
  const query = new URLSearchParams(body);
  const operation = target.split('.')[1] ?? query.get('Action') ?? `${request.method} ${request.url?.split('?')[0]}`;
  if (facts.denied?.includes(operation)) return denied(target !== '' ? 'json' : 'xml');
  if (operation === 'GetCallerIdentity') return facts.signedIn === false ? expired() : identity();
  if (operation === 'DescribeStacks') return stacks(query.get('StackName') ?? '', facts);
  if (operation === 'GetParameter') return parameter(JSON.parse(body) as { Name: string }, facts);
  if (operation === 'ListServiceQuotas') return quotas(JSON.parse(body) as { ServiceCode: string }, facts);
  const ofEdge = edgeAnswer(request, { operation, body, facts });
  if (ofEdge !== undefined) return ofEdge;
  if (operation === 'GET /2016-08-19/account-settings') return json(settings(facts.concurrency));
  if (operation === 'GET /v2/email/account') return json(facts.mail);
  const [, domain] = /^GET \/v2\/email\/identities\/([^/]+)$/.exec(operation) ?? [];
  const found = domain === undefined ? undefined : facts.identities[domain];
  return found === undefined ? notFound(`Email identity ${domain} does not exist.`) : json(found);
}

interface Asked {
  readonly operation: string;
  readonly body: string;
  readonly facts: AccountFacts;
}

/** WAF, ACM and Route 53. @returns undefined for another service's operation. */
function edgeAnswer(request: IncomingMessage, { operation, body, facts: { edge = {} } }: Asked): Answer | undefined {
  const [, region] = /Credential=[^/]+\/\d+\/([\w-]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const isThere = region === 'us-east-1';
  if (operation === 'GetWebACL' || operation === 'ListWebACLs') {
    const { Scope, Id } = JSON.parse(body) as { Scope: string; Id?: string };
    if (Scope === 'CLOUDFRONT' && !isThere) return jsonError('WAFInvalidParameterException', 'The scope is not valid.');
    const WebACLs = edge.webAcls ?? [];
    if (operation === 'ListWebACLs') return json({ WebACLs });
    const WebACL = WebACLs.find((acl) => acl.Id === Id);
    return WebACL === undefined ? jsonError('WAFNonexistentItemException', 'It does not exist.') : json({ WebACL });
  }
  if (operation === 'DescribeCertificate') {
    const { CertificateArn } = JSON.parse(body) as { CertificateArn: string };
    const Certificate = isThere ? edge.certificates?.[CertificateArn] : undefined;
    if (Certificate === undefined) return jsonError('ResourceNotFoundException', `Could not find ${CertificateArn}.`);
    return json({ Certificate });
  }
  const [, zoneId] = /^GET \/2013-04-01\/hostedzone\/(\w+)$/.exec(operation) ?? [];
  return zoneId === undefined ? undefined : hostedZone(zoneId, edge.zones?.[zoneId]);
}

function hostedZone(id: string, zone: { name: string; servers: readonly string[] } | undefined): Answer {
  if (zone === undefined) return xmlError(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${id}`);
  const servers = zone.servers.map((server) => `<NameServer>${server}</NameServer>`).join('');
  const body =
    `<GetHostedZoneResponse><HostedZone><Id>/hostedzone/${id}</Id><Name>${zone.name}.</Name></HostedZone>` +
    `<DelegationSet><NameServers>${servers}</NameServers></DelegationSet></GetHostedZoneResponse>`;
  return { status: 200, body, contentType: 'text/xml' };
}

const ACCOUNT_ID = '111122223333';

function identity(): Answer {
  return xml(
    'GetCallerIdentity',
    `<Arn>arn:aws:sts::${ACCOUNT_ID}:assumed-role/Deployer/alice</Arn><UserId>A:alice</UserId><Account>${ACCOUNT_ID}</Account>`,
  );
}

function expired(): Answer {
  return xmlError(403, 'ExpiredToken', 'The security token included in the request is expired');
}

function stacks(name: string, { stack }: AccountFacts): Answer {
  if (stack === undefined) return xmlError(400, 'ValidationError', `Stack with id ${name} does not exist`);
  const members = Object.entries(stack.parameters).map(
    ([key, value]) => `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
  );
  return xml(
    'DescribeStacks',
    `<Stacks><member><StackName>${name}</StackName><StackStatus>${stack.status}</StackStatus>` +
      `<CreationTime>2026-01-01T00:00:00Z</CreationTime><Parameters>${members.join('')}</Parameters></member></Stacks>`,
  );
}

function parameter({ Name }: { Name: string }, { bootstrapVersion }: AccountFacts): Answer {
  if (bootstrapVersion === undefined) return jsonError('ParameterNotFound', '');
  return json({ Parameter: { Name, Type: 'String', Value: bootstrapVersion, Version: 1 } });
}

function quotas({ ServiceCode }: { ServiceCode: string }, { quotas: byService }: AccountFacts): Answer {
  const Quotas = (byService[ServiceCode] ?? []).map(({ name, value }, index) => ({
    ServiceCode,
    QuotaName: name,
    QuotaCode: `L-${index}`,
    Value: value,
  }));
  return json({ Quotas });
}

function settings(ConcurrentExecutions: number): object {
  return {
    AccountLimit: { ConcurrentExecutions, UnreservedConcurrentExecutions: ConcurrentExecutions },
    AccountUsage: {},
  };
}

function json(value: object): Answer {
  return { status: 200, body: JSON.stringify(value), contentType: 'application/x-amz-json-1.1' };
}

function jsonError(__type: string, message: string): Answer {
  return { status: 400, body: JSON.stringify({ __type, message }), contentType: 'application/x-amz-json-1.1' };
}

function notFound(message: string): Answer {
  return { ...jsonError('NotFoundException', message), status: 404 };
}

function denied(protocol: 'json' | 'xml'): Answer {
  const message = 'User is not authorized to perform this action';
  return protocol === 'json' ? jsonError('AccessDeniedException', message) : xmlError(403, 'AccessDenied', message);
}

function xml(operation: string, result: string): Answer {
  const body = `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`;
  return { status: 200, body, contentType: 'text/xml' };
}

function xmlError(status: number, code: string, message: string): Answer {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status, body, contentType: 'text/xml' };
}
