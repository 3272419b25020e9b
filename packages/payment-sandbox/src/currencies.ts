/**
 * What the provider charges in, and between which amounts: docs.stripe.com/currencies, as stored copies of 2023 to 2026
 * have it. Amounts are in the unit that the API speaks, which is not always the currency's own.
 */
export interface CurrencyRule {
  /** Decimals of an amount in the API: 500 with 2 of them is 5.00. */
  readonly decimals: number;
  /** Amounts are multiples of it. */
  readonly step: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Currencies whose amounts are whole (#zero-decimal), without UGX, which is a special case. */
const ZERO_DECIMAL = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf';

/** #three-decimal: the last digit must be 0, because the networks take two. */
const THREE_DECIMAL = 'bhd jod kwd omr tnd';

/** #special-cases: sent with two decimals although they have none, so that the last two digits must be 00. */
const WHOLE_WITH_TWO_DECIMALS = 'isk ugx';

/** All others of #presentment-currencies. BGN is left out: Bulgaria pays in EUR since 2026. */
const TWO_DECIMAL = `
  usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve
  czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt lak
  lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar
  ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah uyu uzs wst xcd xcg yer zar
  zmw`;

/**
 * #minimum-and-maximum-charge-amounts, for a merchant who is paid out in the same currency. In any other currency the
 * provider asks for the equivalent in the currency of the payout, at a rate that nobody here knows: then only the step
 * is asked for.
 */
const MINIMUMS: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
};

/** "Up to twelve digits for IDR, up to eight for all other currencies." */
const EIGHT_DIGITS = 99_999_999;
const MAXIMUMS: Readonly<Record<string, number>> = { idr: 999_999_999_999 };

/** By code in lower case, in the order in which the provider lists them in its refusal. */
export const CURRENCIES: ReadonlyMap<string, CurrencyRule> = new Map([
  ...rules(TWO_DECIMAL, { decimals: 2, step: 1 }),
  ...rules(ZERO_DECIMAL, { decimals: 0, step: 1 }),
  ...rules(THREE_DECIMAL, { decimals: 3, step: 10 }),
  ...rules(WHOLE_WITH_TWO_DECIMALS, { decimals: 2, step: 100 }),
]);

function rules(codes: string, { decimals, step }: Pick<CurrencyRule, 'decimals' | 'step'>): [string, CurrencyRule][] {
  return codes
    .trim()
    .split(/\s+/)
    .map((code) => {
      const minimum = MINIMUMS[code] ?? step;
      // The largest amount of that many digits that is a multiple of the step.
      const maximum = Math.floor((MAXIMUMS[code] ?? EIGHT_DIGITS) / step) * step;
      return [code, { decimals, step, minimum, maximum }];
    });
}

/** An amount as the provider writes it in its messages and on its pages, e.g. `€0.50`. */
export function amountText(amount: number, currency: string): string {
  const decimals = CURRENCIES.get(currency)?.decimals ?? 2;
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(amount / 10 ** decimals);
}
