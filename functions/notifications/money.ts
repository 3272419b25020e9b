import { decimalsOf, decimalText } from '../../events/money.ts';

/**
 * An amount as customers read it, e.g. `€73.00`, `¥7,300`: with the decimals in which it is charged, which are not always
 * those of the locale's own table.
 */
export function formatMoney(amountMinor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  // As text: no amount is too large to be exact.
  return format.format(decimalText(amountMinor, currency) as Intl.StringNumericLiteral);
}
