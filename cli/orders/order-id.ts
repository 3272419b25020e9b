import { OrderId } from '../../events/vocabulary.ts';
import { UserError } from '../user-error.ts';

/** @throws UserError when the text is no order id: a mistyped one would only be "not found". */
export function parseOrderId(text: string): OrderId {
  const parsed = OrderId.safeParse(text.toUpperCase());
  if (parsed.success) return parsed.data;
  throw new UserError(
    `"${text}" is not an order id: expected 26 letters and digits, such as 01K2Z5N8W0CHECK0VTSAMPRE01.`,
  );
}
