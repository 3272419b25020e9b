import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import * as z from 'zod';
import { line } from '../platform/http/text.ts';
import { postalCodeOf } from './postal-codes.ts';
import { postalRegion } from './regions.ts';

/** ISO 3166-1 alpha-2. XK is not of the standard: it leaves X… to its users. */
const COUNTRIES: ReadonlySet<string> = new Set(codes.flatMap(([alpha2 = 'XK']) => (alpha2 === 'XK' ? [] : [alpha2])));

const optionalLine = (maxLength: number) => line(0, maxLength).optional();

/** Where the parcel goes. An optional line that is empty is as good as absent. */
export const ShippingAddress = z
  .strictObject({
    name: line(1, 100),
    line1: line(1, 100),
    line2: optionalLine(100),
    postalCode: optionalLine(20).meta({
      description: 'Needed where the country’s post needs it. It is kept in the form that the country has',
    }),
    city: line(1, 100),
    region: optionalLine(100).meta({
      description:
        'State, province or prefecture. Needed where the country’s post needs it. For AU, BR, CA and US one that exists, ' +
        'by its name or its code',
    }),
    country: z
      .string()
      .refine((code) => COUNTRIES.has(code), 'expected an ISO 3166-1 alpha-2 country code')
      .meta({ override: { type: 'string', pattern: '^[A-Z]{2}$' } }),
  })
  .check((context) => {
    const { country, postalCode = '', region = '' } = context.value;
    if (!COUNTRIES.has(country)) return;
    const expected = (path: string, what: string) =>
      context.issues.push({
        code: 'custom',
        path: [path],
        message: `expected ${what} of ${country}`,
        input: undefined,
      });
    if (postalCodeOf(country, postalCode) === undefined) expected('postalCode', 'a postal code');
    if (postalRegion(country, region) === undefined) expected('region', 'a region');
  })
  .meta({ id: 'ShippingAddress' })
  .transform(inPostalForm);

/** So that two spellings of one address are one request. */
function inPostalForm<
  Address extends {
    readonly country: string;
    readonly postalCode?: string | undefined;
    readonly region?: string | undefined;
  },
>(address: Address): Address {
  const { country, postalCode = '', region = '' } = address;
  const inForm = { ...address, postalCode: postalCodeOf(country, postalCode), region: postalRegion(country, region) };
  return Object.fromEntries(
    Object.entries(inForm).filter(([, content]) => content !== undefined && content !== ''),
  ) as unknown as Address;
}
