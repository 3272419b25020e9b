import creditCardType from 'credit-card-type';

/** Also those of other scripts: Arabic-Indic, Devanagari and so on. */
const DECIMAL_DIGIT = /\p{Nd}/gu;
/** Zero-width characters, soft hyphens, marks of direction; and marks upon a digit, such as the box of a keycap. */
const INVISIBLE = /[\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}]/gu;
/** Numerals that are no digits to Unicode: Chinese ones, and the circled ones that NFKC leaves as they are. */
const OTHER_DIGITS = [
  '〇零⓿',
  '一❶➀➊⓵',
  '二❷➁➋⓶',
  '三❸➂➌⓷',
  '四❹➃➍⓸',
  '五❺➄➎⓹',
  '六❻➅➏⓺',
  '七❼➆➐⓻',
  '八❽➇➑⓼',
  '九❾➈➒⓽',
];
const VALUE_OF_OTHER = new Map(OTHER_DIGITS.flatMap((spelt, value) => [...spelt].map((one) => [one, String(value)])));
const UUID = /(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])/gi;

/** Digits with no letter and no more than five other characters between two of them. */
const DIGIT_CHAIN = /\d(?:[^\p{L}\p{N}]{0,5}\d)*/gu;
/** Digits with a few letters between them at most: sizes, models and dates are such chains too. */
const LOOSE_CHAIN = /\d(?:[^\p{N}]{0,3}\d)*/gu;
/** How the networks print their numbers in groups, or digit by digit. */
const PRINTED = /^(?:4,4,4,4|4,4,4,4,3|4,6,5|4,6,4|1(?:,1){12,18})$/;

const MAX_DIGITS = 19;
/** Shorter numbers in groups are telephone numbers. */
const MIN_DIGITS_IN_GROUPS = 14;
const MIN_DIGITS = 13;

/**
 * Whether the text holds what is most likely a card number, however it is written: such a request must be neither
 * logged nor stored. A number counts when a card network issues numbers that begin so and are as long, and its check
 * digit is right: a check digit alone lets every tenth number through. Barcodes of 13 digits (GS1) do not count.
 */
export function containsCardNumber(text: string): boolean {
  const plain = asciiDigits(text.normalize('NFKC').replace(INVISIBLE, '')).replace(UUID, ' uuid ');
  return (
    chainsIn(plain, DIGIT_CHAIN).some((groups) => chainHoldsCard(groups)) ||
    chainsIn(plain, LOOSE_CHAIN).some((groups) => isPrintedCard(groups))
  );
}

/** The groups of digits of each chain. */
function chainsIn(text: string, chain: RegExp): readonly (readonly string[])[] {
  return (text.match(chain) ?? []).map((digits) => digits.match(/\d+/g) ?? []);
}

/** With letters in between: only where the groups are those of a card, for any other text holds such numbers by chance. */
function isPrintedCard(groups: readonly string[]): boolean {
  const lengths = groups.map(({ length }) => length).join(',');
  return PRINTED.test(lengths) && isCard(groups.join(''), MIN_DIGITS_IN_GROUPS);
}

/** A number that is split begins and ends where a group does. */
function chainHoldsCard(groups: readonly string[]): boolean {
  return groups.some((first, start) => {
    if (isCard(first, MIN_DIGITS)) return true;
    let digits = first;
    for (let next = start + 1; next < groups.length && digits.length < MAX_DIGITS; next += 1) {
      digits += groups[next];
      if (isCard(digits, MIN_DIGITS_IN_GROUPS)) return true;
    }
    return false;
  });
}

function isCard(digits: string, minDigits: number): boolean {
  if (digits.length < minDigits || digits.length > MAX_DIGITS) return false;
  return isIssued(digits) && passesLuhn(digits) && !(digits.length === 13 && isBarcode(digits));
}

function isIssued(digits: string): boolean {
  return creditCardType(digits).some(({ type, lengths }) => {
    // Old Visa cards have 13 digits, which the library has forgotten.
    return lengths.includes(digits.length) || (type === 'visa' && digits.length === 13);
  });
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** GTIN-13 or GTIN-14 (GS1 General Specifications, "Standard check digit calculations"). */
export function isBarcode(text: string): boolean {
  if (!/^\d{13,14}$/.test(text)) return false;
  const weighted = [...text].toReversed().map((digit, index) => Number(digit) * (index % 2 === 0 ? 1 : 3));
  return weighted.reduce((sum, value) => sum + value, 0) % 10 === 0;
}

/** The ten digits of a script stand in a row, with none of another script beside them. */
function asciiDigits(text: string): string {
  const others = text.replaceAll(/\P{Nd}/gu, (character) => VALUE_OF_OTHER.get(character) ?? character);
  return others.replace(DECIMAL_DIGIT, (digit) => (digit < '\u0080' ? digit : String(valueOf(digit))));
}

function valueOf(digit: string): number {
  let value = 0;
  // A digit's value is how many digits of its own script stand right before it, at most nine.
  for (let code = (digit.codePointAt(0) ?? 0) - 1; value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code)); code -= 1) {
    value += 1;
  }
  return value;
}
