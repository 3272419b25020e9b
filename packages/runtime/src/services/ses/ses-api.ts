import type { AwsRestApi, JsonObject, RestRequest, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { restInput } from '../shared/json-api.ts';
import { jsonResponse, restApi, route } from '../shared/rest-routes.ts';
import { parseSendEmail } from './send-email.ts';
import type { SesService } from './ses-service.ts';

/** What of SES v2 applications use, and `/_runtime/mails`, the captured mails. */
export function sesApi(service: SesService): AwsRestApi {
  return restApi([
    route('GET', '/_runtime/mails', (request) => listMails(service, request)),
    route('POST', '/v2/email/outbound-emails', (request) => sendEmail(service, request)),
    route('GET', '/v2/email/identities', () => jsonResponse({ EmailIdentities: service.identities().map(summaryOf) })),
    route('POST', '/v2/email/identities', (request) => createIdentity(service, request)),
    route('GET', '/v2/email/identities/{name}', (_, { name }) => getIdentity(service, name)),
    route('DELETE', '/v2/email/identities/{name}', async (_, { name }) => {
      await service.removeIdentity(name);
      return jsonResponse({});
    }),
  ]);
}

/** `?to=<address>&limit=<count>`; newest last. */
function listMails(service: SesService, { query }: RestRequest): RestResponse {
  const limit = query.has('limit') ? Number(query.get('limit')) : undefined;
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    throw new AwsError('BadRequestException', 'limit must be a positive whole number.');
  }
  return jsonResponse({ mails: service.list({ to: query.get('to') ?? undefined, limit }) });
}

async function sendEmail(service: SesService, request: RestRequest): Promise<RestResponse> {
  return jsonResponse({
    MessageId: await service.send(
      parseSendEmail(service, restInput('ses.SendEmail', request.body, 'BadRequestException')),
    ),
  });
}

async function createIdentity(service: SesService, request: RestRequest): Promise<RestResponse> {
  const { EmailIdentity: name } = restInput('ses.CreateEmailIdentity', request.body, 'BadRequestException');
  if (typeof name !== 'string' || name === '') throw new AwsError('BadRequestException', 'EmailIdentity is missing.');
  if (service.hasIdentity(name)) throw new AwsError('AlreadyExistsException', `Email identity ${name} already exist.`);
  await service.addIdentity(name);
  return jsonResponse({ IdentityType: typeOf(name), VerifiedForSendingStatus: true });
}

function getIdentity(service: SesService, name: string): RestResponse {
  if (!service.hasIdentity(name))
    throw new AwsError('NotFoundException', `Email identity ${name} does not exist.`, 404);
  return jsonResponse({ IdentityType: typeOf(name), VerifiedForSendingStatus: true, VerificationStatus: 'SUCCESS' });
}

function summaryOf(name: string): JsonObject {
  return { IdentityName: name, IdentityType: typeOf(name), SendingEnabled: true, VerificationStatus: 'SUCCESS' };
}

function typeOf(name: string): string {
  return name.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN';
}
