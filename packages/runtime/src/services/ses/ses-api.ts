import type { AwsRestApi, JsonObject, RestRequest, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { parseSendEmail } from './send-email.ts';
import type { SesService } from './ses-service.ts';

/** What of SES v2 applications use, and `/_runtime/mails`, the captured mails. */
export function sesApi(service: SesService): AwsRestApi {
  return {
    route: (request) => {
      const { method, path } = request;
      if (path === '/_runtime/mails' && method === 'GET') return listMails(service, request);
      if (path === '/v2/email/outbound-emails' && method === 'POST') return sendEmail(service, request);
      if (path === '/v2/email/identities') return identities(service, request);
      const name = /^\/v2\/email\/identities\/([^/]+)$/.exec(path)?.[1];
      return name === undefined ? undefined : identity(service, method, decodeURIComponent(name));
    },
  };
}

/** `?to=<address>&limit=<count>`; newest last. */
async function listMails(service: SesService, { query }: RestRequest): Promise<RestResponse> {
  const limit = query.has('limit') ? Number(query.get('limit')) : undefined;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new AwsError('BadRequestException', 'limit must be a positive whole number.');
  }
  return json({ mails: service.list({ to: query.get('to') ?? undefined, limit }) });
}

async function sendEmail(service: SesService, request: RestRequest): Promise<RestResponse> {
  return json({ MessageId: await service.send(parseSendEmail(service, bodyOf(request))) });
}

async function identities(service: SesService, request: RestRequest): Promise<RestResponse> {
  if (request.method === 'GET') return json({ EmailIdentities: service.identities().map(summaryOf) });
  const { EmailIdentity: name } = bodyOf(request);
  if (typeof name !== 'string' || name === '') throw new AwsError('BadRequestException', 'EmailIdentity is missing.');
  if (service.hasIdentity(name)) throw new AwsError('AlreadyExistsException', `Email identity ${name} already exist.`);
  await service.addIdentity(name);
  return json({ IdentityType: typeOf(name), VerifiedForSendingStatus: true });
}

async function identity(service: SesService, method: string, name: string): Promise<RestResponse> {
  if (method === 'DELETE') {
    await service.removeIdentity(name);
    return json({});
  }
  if (!service.hasIdentity(name))
    throw new AwsError('NotFoundException', `Email identity ${name} does not exist.`, 404);
  return json({ IdentityType: typeOf(name), VerifiedForSendingStatus: true, VerificationStatus: 'SUCCESS' });
}

function summaryOf(name: string): JsonObject {
  return { IdentityName: name, IdentityType: typeOf(name), SendingEnabled: true, VerificationStatus: 'SUCCESS' };
}

function typeOf(name: string): string {
  return name.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN';
}

function bodyOf({ body }: RestRequest): JsonObject {
  try {
    return JSON.parse(body.toString()) as JsonObject;
  } catch (error) {
    if (error instanceof SyntaxError) throw new AwsError('BadRequestException', 'The request body is no JSON.');
    throw error;
  }
}

function json(body: JsonObject): RestResponse {
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
