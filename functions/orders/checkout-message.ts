import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';

/** Step Functions takes 256 KiB a state, and the order travels in each of them beside results and errors. */
const MAX_COMMAND_BYTES = 32 * 1024;

/** The bus's envelope around the command is small; a body of more than this is not worth parsing. */
const MAX_BODY_BYTES = 2 * MAX_COMMAND_BYTES;

/** The part of the EventBridge envelope that we rely on. Its id and time differ between copies and mean nothing here. */
const Envelope = z.object({
  source: z.literal(BasketCheckedOut.source),
  'detail-type': z.literal(BasketCheckedOut.detailType),
  detail: BasketCheckedOut.detail,
});

/** The message is no order command. Terminal: its copies are the same bytes. Its text quotes no values. */
export class CheckoutRejected extends Error {
  override readonly name = 'CheckoutRejected';
}

/** A command to start, with the bytes that every copy of it has. */
export interface CheckoutMessage {
  readonly order: BasketCheckedOut;
  readonly input: string;
}

/** @throws CheckoutRejected saying which field is wrong, and never what stood in it. */
export function checkoutMessageOf(body: string): CheckoutMessage {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES)
    throw new CheckoutRejected(`Body is larger than ${MAX_BODY_BYTES} bytes`);
  const parsed = Envelope.safeParse(jsonOf(body));
  if (!parsed.success) throw new CheckoutRejected(describe(parsed.error));
  const order = parsed.data.detail;
  const input = canonicalJson(order);
  if (Buffer.byteLength(input) > MAX_COMMAND_BYTES) {
    throw new CheckoutRejected(`Command is larger than ${MAX_COMMAND_BYTES} bytes`);
  }
  return { order, input };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The engine's message quotes the text, which may hold anything; where it broke is of no use to a reader.
    throw new CheckoutRejected('Body is not JSON');
  }
}

function describe(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
}
