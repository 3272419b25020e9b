import codes from 'i18n-iso-countries/codes.json' with { type: 'json' };
import { postcodeValidator, postcodeValidatorExistsForCountry } from 'postcode-validator';
import * as z from 'zod';
import { line } from '../platform/http/text.ts';
import { postalRegion } from './regions.ts';

/** ISO 3166-1 alpha-2. XK is not of the standard: it leaves X… to its users. */
const COUNTRIES: ReadonlySet<string> = new Set(codes.flatMap(([alpha2 = 'XK']) => (alpha2 === 'XK' ? [] : [alpha2])));

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

const optionalLine = (maxLength: number) => line(0, maxLength).optional();

/** Where the parcel goes. An optional line that is empty is as good as absent. */
export const ShippingAddress = z
  .strictObject({
    name: line(1, 100),
    line1: line(1, 100),
    line2: optionalLine(100),
    postalCode: optionalLine(20)
      .overwrite((code) => code?.normalize('NFKC').toUpperCase())
      .meta({ description: 'Needed where the country’s post needs it, in the form that the country has' }),
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
    if (!isPostalCodeOf(country, postalCode)) expected('postalCode', 'a postal code');
    if (postalRegion(country, region) === undefined) expected('region', 'a region');
  })
  .meta({ id: 'ShippingAddress' })
  .transform(inPostalForm);

function isPostalCodeOf(country: string, postalCode: string): boolean {
  if (postalCode === '') return !POSTAL_CODE_REQUIRED.has(country);
  return !postcodeValidatorExistsForCountry(country) || postcodeValidator(postalCode, country);
}

/** So that two spellings of one address are one request. */
function inPostalForm<Address extends { readonly country: string; readonly region?: string | undefined }>(
  address: Address,
): Address {
  const inForm = { ...address, region: postalRegion(address.country, address.region ?? '') };
  return Object.fromEntries(
    Object.entries(inForm).filter(([, content]) => content !== undefined && content !== ''),
  ) as unknown as Address;
}
