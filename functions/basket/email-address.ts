import { domainToASCII, domainToUnicode } from 'node:url';
import * as z from 'zod';

/** RFC 5321, section 4.5.3.1, with erratum 1690: a path of 256 characters less its brackets. */
const MAX_CHARACTERS = 254;
const MAX_LOCAL_CHARACTERS = 64;

/** `Dot-string` of RFC 5321, section 4.1.2. Amazon SES takes no other characters before the @ than ASCII. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** What people type: the conversion below also takes escapes, and numbers for an IP address. */
const TYPED_DOMAIN = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
const HOST_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * An address as the mail service takes it: an international domain in ASCII (punycode), as Amazon SES asks for ("Amazon
 * SES email sending errors", non-ASCII domains), and the part before the @ as it was written, because only its own
 * server knows what it means.
 */
export const EmailAddress = z
  .string()
  .normalize('NFC')
  .transform((text, context) => {
    const address = mailable(text.trim());
    if (address !== undefined) return address;
    context.addIssue({ code: 'custom', message: 'expected an e-mail address' });
    return z.NEVER;
  })
  .meta({ override: { type: 'string', format: 'idn-email', minLength: 6, maxLength: MAX_CHARACTERS } });

function mailable(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === undefined || local.length > MAX_LOCAL_CHARACTERS || !LOCAL_PART.test(local)) return undefined;
  const address = `${local}@${domain}`;
  return address.length > MAX_CHARACTERS ? undefined : address;
}

/** At least two labels, and the last one no number: an IP address is no domain. */
function asciiDomain(typed: string): string | undefined {
  const domain = TYPED_DOMAIN.test(typed) && typed.length <= MAX_CHARACTERS ? domainToASCII(typed) : '';
  const labels = domain.split('.');
  const isHost = labels.length >= 2 && labels.every((label) => HOST_LABEL.test(label)) && isReadable(domain);
  return isHost && /^(?:[a-z]{2,}|xn--[a-z0-9-]+)$/.test(labels.at(-1) ?? '') ? domain : undefined;
}

/** An international label that stands for nothing (`xn--a`) has no Unicode, and no server. */
function isReadable(domain: string): boolean {
  return !domain.includes('xn--') || !domainToUnicode(domain).includes('xn--');
}
