/**
 * What can be charged: the payment provider's currencies, and its unit of each. Every amount in this system is in that
 * unit (`…Minor`), which is not always what a locale shows: 500 ISK minor are 5.00 ISK, 500,000 HUF minor are 5,000.00.
 *
 * Source: docs.stripe.com/currencies, stored copies of 2023 to 2026, put together on 2026-11-28. A test holds the table
 * against the payment sandbox's own, which was written for itself.
 */
export interface ChargeableCurrency {
  /** Decimals of the provider's amounts. */
  readonly decimals: number;
  /** Prices and totals are multiples of it. */
  readonly stepMinor: number;
  /** Least and largest total of an order. */
  readonly minimumMinor: number;
  readonly maximumMinor: number;
}

/** "Up to eight digits", and so many of every currency but one. */
const EIGHT_DIGITS = 99_999_999;

/** The largest amount of any currency (IDR has twelve digits). 50 lines of 100 units each still sum to an exact integer. */
export const MAX_AMOUNT_MINOR = 999_999_999_999;

const TWO_DECIMALS = { decimals: 2, stepMinor: 1 };
const NO_DECIMALS = { decimals: 0, stepMinor: 1 };
/** The last of three digits must be 0. */
const THREE_DECIMALS = { decimals: 3, stepMinor: 10 };
/** Sent with two decimals for old times' sake, although nobody pays in fractions: both must be 0. */
const WHOLE_IN_HUNDREDTHS = { decimals: 2, stepMinor: 100 };

/** Currencies with a minimum charge of their own. The others' depends on the currency in which the shop is paid out. */
const WITH_MINIMUM: Readonly<Record<string, number>> = {
  AED: 200,
  AUD: 50,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17_500,
  INR: 50,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  NZD: 50,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1000,
  USD: 50,
};

/** By ISO 4217 code in upper case. */
export const CHARGEABLE_CURRENCIES: ReadonlyMap<string, ChargeableCurrency> = new Map([
  ...entries(TWO_DECIMALS, [
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE',
    'CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT',
    'LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR',
    'PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST',
    'XCD XCG YER ZAR ZMW',
  ]),
  ...entries(NO_DECIMALS, ['BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF']),
  ...entries(THREE_DECIMALS, ['BHD JOD KWD OMR TND']),
  ...entries(WHOLE_IN_HUNDREDTHS, ['ISK UGX']),
]);

function entries(
  { decimals, stepMinor }: Pick<ChargeableCurrency, 'decimals' | 'stepMinor'>,
  rows: readonly string[],
): [string, ChargeableCurrency][] {
  return rows
    .flatMap((row) => row.split(' '))
    .map((code) => {
      const minimumMinor = WITH_MINIMUM[code] ?? stepMinor;
      const digits = code === 'IDR' ? MAX_AMOUNT_MINOR : EIGHT_DIGITS;
      return [code, { decimals, stepMinor, minimumMinor, maximumMinor: digits - (digits % stepMinor) }];
    });
}

/** Why an amount cannot be charged. */
export type ChargeProblem = 'CURRENCY_UNSUPPORTED' | 'AMOUNT_STEP' | 'TOTAL_TOO_SMALL' | 'TOTAL_TOO_LARGE';

/** Why nothing can cost this; undefined when it can. One unit may cost less than the least that is charged. */
export function priceProblem(
  priceMinor: number,
  currency: string,
): Exclude<ChargeProblem, 'TOTAL_TOO_SMALL'> | undefined {
  const terms = CHARGEABLE_CURRENCIES.get(currency);
  if (terms === undefined) return 'CURRENCY_UNSUPPORTED';
  if (priceMinor % terms.stepMinor !== 0) return 'AMOUNT_STEP';
  return priceMinor > terms.maximumMinor ? 'TOTAL_TOO_LARGE' : undefined;
}

/** Why an order of this total cannot be charged; undefined when it can. */
export function totalProblem(totalMinor: number, currency: string): ChargeProblem | undefined {
  const terms = CHARGEABLE_CURRENCIES.get(currency);
  if (terms !== undefined && totalMinor < terms.minimumMinor) return 'TOTAL_TOO_SMALL';
  return priceProblem(totalMinor, currency);
}

/** What was expected instead, for people and without the amount itself. */
export function expectedInstead(problem: ChargeProblem, currency: string): string {
  const terms = CHARGEABLE_CURRENCIES.get(currency);
  if (terms === undefined) return `The payment provider does not charge ${currency}`;
  const text = (amountMinor: number): string => `${amountMinor} (${moneyText(amountMinor, currency)})`;
  switch (problem) {
    case 'CURRENCY_UNSUPPORTED':
      return `The payment provider does not charge ${currency}`;
    case 'AMOUNT_STEP':
      return `Amounts in ${currency} are multiples of ${text(terms.stepMinor)}`;
    case 'TOTAL_TOO_SMALL':
      return `The least that can be charged is ${text(terms.minimumMinor)}`;
    case 'TOTAL_TOO_LARGE':
      return `The most that can be charged is ${text(terms.maximumMinor)}`;
  }
}

/** The digits of an amount, e.g. `73.00`, `7300`, `-5.120`; exact at any size. */
export function decimalText(amountMinor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0');
  const text = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return amountMinor < 0 ? `-${text}` : text;
}

/** An amount with its code, e.g. `73.00 EUR`. */
export function moneyText(amountMinor: number, currency: string): string {
  return `${decimalText(amountMinor, currency)} ${currency}`;
}

/** Two for a currency that is not charged: rows of an earlier time are still shown. */
export function decimalsOf(currency: string): number {
  return CHARGEABLE_CURRENCIES.get(currency)?.decimals ?? 2;
}
