/**
 * 13 to 19 digits in a row, or in the groups in which cards print them. Numbers that begin like dates and clock
 * readings (0, 1, 20, 21) are left out: no card scheme of consumers begins so, and epoch milliseconds do.
 */
const CANDIDATES = [
  /(?<!\d)(?!0|1|2[01])\d{13,19}(?!\d)/g,
  /(?<![0-9A-Za-z])(?!0|1|2[01])\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}(?![0-9A-Za-z])/g,
  /(?<![0-9A-Za-z])3\d{3}([ -])\d{6}\1\d{4,5}(?![0-9A-Za-z])/g,
] as const;

/** Whether the text holds what is most likely a card number: such a request must be neither logged nor stored. */
export function containsCardNumber(text: string): boolean {
  const plain = text.normalize('NFKC'); // full-width digits are digits
  return CANDIDATES.some((pattern) => plain.match(pattern)?.some((candidate) => passesLuhn(candidate)) ?? false);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(candidate: string): boolean {
  const digits = candidate.replace(/\D/g, '');
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
