/** A captured e-mail. */
export interface Mail {
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** `EmailTags` of the request. */
  readonly tags: Readonly<Record<string, string>>;
  readonly configurationSet?: string | undefined;
  /** Base64 of the whole message, when the client built it. */
  readonly raw?: string | undefined;
}

/** The message as a mail program reads it (RFC 5322). Header values must be free of line breaks. */
export function toEml(mail: Mail): Buffer {
  if (mail.raw !== undefined) return Buffer.from(mail.raw, 'base64');
  const headers = [
    ['From', mail.from],
    ['To', mail.to.join(', ')],
    ['Cc', mail.cc.join(', ')],
    ['Reply-To', mail.replyTo.join(', ')],
    ['Subject', encodeWord(mail.subject)],
    ['Date', new Date(mail.sentAtMs).toUTCString().replace('GMT', '+0000')],
    ['Message-ID', `<${mail.messageId}@email.amazonses.com>`],
    ...mail.headers.map(({ name, value }) => [name, encodeWord(value)] as const),
    ['MIME-Version', '1.0'],
  ].filter(([, value]) => value !== '');
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\r\n');
  return Buffer.from(`${head}\r\n${bodyOf(mail)}`);
}

function bodyOf({ messageId, text, html }: Mail): string {
  const parts = [
    ...(text === undefined ? [] : [part('text/plain', text)]),
    ...(html === undefined ? [] : [part('text/html', html)]),
  ];
  if (parts.length <= 1) return parts[0] ?? part('text/plain', '');
  const boundary = `=_${messageId}`;
  const joined = parts.map((content) => `--${boundary}\r\n${content}`).join('\r\n');
  return `Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n${joined}\r\n--${boundary}--\r\n`;
}

function part(type: string, content: string): string {
  const lines = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');
  return `Content-Type: ${type}; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n`;
}

/** Header text beyond ASCII travels as an encoded word (RFC 2047). */
function encodeWord(value: string): string {
  return /^[\u0020-\u007e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}
