import type { JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { RenderingError, renderTemplate, type EmailTemplate } from './email-template.ts';
import type { Mail } from './mail.ts';
import type { SesService } from './ses-service.ts';

/** Quota of SES for one message. */
const MAX_RECIPIENTS = 50;

/** Reads a SendEmail request. @throws AwsError BadRequestException, NotFoundException. */
export function parseSendEmail(service: SesService, input: JsonObject): Omit<Mail, 'messageId' | 'sentAtMs'> {
  const { Content: content = {}, Destination: destination = {}, ConfigurationSetName: configurationSet } = input;
  if (configurationSet !== undefined && !service.configurationSets.has(configurationSet)) {
    throw new AwsError('NotFoundException', `Configuration set <${configurationSet}> does not exist.`, 404);
  }
  const kind = content.Simple ?? content.Raw ?? content.Template;
  if (!kind) throw badRequest('Content must be Simple, Raw or Template.');
  const envelope = {
    from: content.Raw
      ? String(input['FromEmailAddress'] ?? rawHeader(content.Raw, 'From'))
      : address(input['FromEmailAddress'], 'FromEmailAddress'),
    to: addresses(destination.ToAddresses, 'ToAddresses'),
    cc: addresses(destination.CcAddresses, 'CcAddresses'),
    bcc: addresses(destination.BccAddresses, 'BccAddresses'),
    replyTo: addresses(input['ReplyToAddresses'], 'ReplyToAddresses'),
    tags: tagsOf(input['EmailTags']),
    configurationSet,
  };
  const recipients = envelope.to.length + envelope.cc.length + envelope.bcc.length;
  if (recipients > MAX_RECIPIENTS) throw badRequest(`Recipient count exceeds ${MAX_RECIPIENTS}.`);
  if (content.Raw) return rawMail(content.Raw, envelope);
  if (recipients === 0) throw badRequest('Destination must name a recipient.');
  const { subject, text, html } = content.Simple
    ? simpleContent(content.Simple)
    : templateContent(service, content.Template);
  return { ...envelope, subject: oneLine(subject, 'Subject'), text, html, headers: headersOf(kind.Headers) };
}

type Envelope = Omit<Mail, 'messageId' | 'sentAtMs' | 'subject' | 'headers'>;

function rawMail(raw: JsonObject, envelope: Envelope): ReturnType<typeof parseSendEmail> {
  if (typeof raw['Data'] !== 'string' || raw['Data'] === '') throw badRequest('Raw.Data must hold the message.');
  const to =
    envelope.to.length > 0
      ? envelope.to
      : rawHeader(raw, 'To')
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean);
  if (to.length + envelope.cc.length + envelope.bcc.length === 0) throw badRequest('The message names no recipient.');
  return { ...envelope, to, subject: rawHeader(raw, 'Subject'), headers: [], raw: raw['Data'] };
}

/** One header of a raw message, unfolded; empty when absent. */
function rawHeader(raw: JsonObject, name: string): string {
  const [head = ''] = Buffer.from(String(raw['Data'] ?? ''), 'base64')
    .toString('utf8')
    .split(/\r?\n\r?\n/, 1);
  const unfolded = head.replace(/\r?\n[ \t]+/g, ' ');
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(unfolded)?.[1]?.trim() ?? '';
}

function simpleContent(simple: JsonObject): EmailTemplate {
  const { Subject: subject, Body: body } = simple;
  if (typeof subject?.Data !== 'string') throw badRequest('Simple.Subject.Data is missing.');
  if (!body?.Text && !body?.Html) throw badRequest('Simple.Body must hold Text or Html.');
  return { subject: subject.Data, text: body.Text?.Data, html: body.Html?.Data };
}

function templateContent(service: SesService, wanted: JsonObject): EmailTemplate {
  const { TemplateName: name, TemplateContent: inline, TemplateData: data = '{}' } = wanted;
  const template = inline
    ? { subject: inline.Subject ?? '', text: inline.Text, html: inline.Html }
    : service.templates.get(name);
  if (!template) throw new AwsError('NotFoundException', `Template ${name} does not exist.`, 404);
  try {
    return renderTemplate(template, JSON.parse(data));
  } catch (error) {
    if (error instanceof RenderingError || error instanceof SyntaxError) throw badRequest(error.message);
    throw error;
  }
}

function headersOf(headers: unknown): Mail['headers'] {
  return ((headers ?? []) as JsonObject[]).map(({ Name: name, Value: value }) => {
    if (!/^[\w-]+$/.test(String(name))) throw badRequest(`${name} is no header name.`);
    return { name: String(name), value: oneLine(value, String(name)) };
  });
}

function tagsOf(tags: unknown): Record<string, string> {
  return Object.fromEntries(
    ((tags ?? []) as JsonObject[]).map(({ Name: name, Value: value }) => [String(name), String(value)]),
  );
}

function addresses(list: unknown, member: string): string[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw badRequest(`${member} must be a list.`);
  return list.map((one) => address(one, member));
}

function address(value: unknown, member: string): string {
  const text = oneLine(value, member);
  if (!/^(?:[^<>]*<)?[^\s<>@,]+@[^\s<>@,]+>?$/.test(text)) throw badRequest(`${member} holds no e-mail address.`);
  return text;
}

/** A line break in a header would let its author write further headers. */
function oneLine(value: unknown, member: string): string {
  if (typeof value !== 'string' || value === '') throw badRequest(`${member} is missing.`);
  if (/[\r\n]/.test(value)) throw badRequest(`${member} holds a line break.`);
  return value;
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
