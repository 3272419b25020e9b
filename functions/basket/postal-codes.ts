import { postcodeValidator, postcodeValidatorExistsForCountry } from 'postcode-validator';

/**
 * Countries to which nothing is sent without a postal code: those whose `require` holds Z in google/libaddressinput,
 * region_data_constants.cc of 2025-06-12.
 */
const POSTAL_CODE_REQUIRED: ReadonlySet<string> = new Set(
  (
    'AS AT AU AX BE BL BR CA CH CN CZ DE DK EE ES FI FK FM FR GB GF GG GL GP GR GS GU HU IM IN IO IT JE JP KR LI LT LU ' +
    'LV MF MH MP MQ MX MY NC NL NO NZ PF PL PM PN PR PT PW RE RO RU SE SG SH SJ SK SM TC TR TW UA US VI WF YT ZA'
  ).split(' '),
);

/** Forms that the validator does not know; each has its example in the same file of google/libaddressinput (`zipex`). */
const FURTHER_FORMS: Readonly<Record<string, RegExp>> = {
  AR: /^[A-HJ-NP-Z]?\d{4}$/,
  EG: /^\d{7}$/,
  GB: /^(?:GIR ?0AA|BFPO ?\d{1,4})$/,
  KH: /^\d{6}$/,
  NI: /^\d{5}$/,
  PE: /^(?:LIMA|CALLAO) \d{1,2}$/,
  SO: /^[A-Z]{2} \d{5}$/,
  SV: /^(?:CP )?\d{4}$/,
};

/** Also the long vowel of Japanese, which its keyboards have in the place of a dash. */
const DASH = /[\p{Pd}\u2212\u30fc]/gu;

/**
 * The postal code in the form of its country, however it was typed: with wide digits, without its dash or blank, or with
 * one too many. Undefined for what is missing or is no code there.
 */
export function postalCodeOf(country: string, typed: string): string | undefined {
  if (typed === '') return POSTAL_CODE_REQUIRED.has(country) ? undefined : typed;
  const written = typed.normalize('NFKC').toUpperCase().replaceAll(DASH, '-');
  if (!postcodeValidatorExistsForCountry(country)) return written;
  return spellingsOf(country, written).find((spelling) => isInForm(country, spelling));
}

function isInForm(country: string, code: string): boolean {
  return postcodeValidator(code, country) || FURTHER_FORMS[country]?.test(code) === true;
}

/** As it was written first; then without blanks and dashes, and with one at each place. */
function spellingsOf(country: string, written: string): string[] {
  const plain = written.replaceAll(/[\s-]/g, '');
  const withoutCountry = plain.startsWith(country) ? plain.slice(country.length) : plain;
  return [written, plain, withoutCountry, ...separated(plain), ...separated(withoutCountry)];
}

function separated(plain: string): string[] {
  const places = Array.from(plain, (_character, at) => at).slice(1);
  return places.flatMap((at) => ['-', ' '].map((separator) => plain.slice(0, at) + separator + plain.slice(at)));
}
