/**
 * The first-level regions that posts deliver by. Sources: google/libaddressinput, region_data_constants.cc of
 * 2025-06-12 (where a region is required), and its countryinfo.txt of 2016 (codes and names; these four countries have
 * not changed theirs since).
 */

/**
 * Countries to which nothing is sent without a region: those whose `require` holds C and S. Left out are territories of
 * the United States, whose region is their country again. Where S stands without C (Hong Kong, Japan …), it is what we
 * ask for as the city.
 */
const REGION_REQUIRED: ReadonlySet<string> = new Set(
  'AU BR CA CN CR ES HN IN IQ IT JM KN KR MX PF PG RU SO SV TW US VE'.split(' '),
);

/** Where the post knows regions by a code: each code with its names. */
const REGIONS_BY_CODE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  AU: {
    ACT: ['Australian Capital Territory'],
    NSW: ['New South Wales'],
    NT: ['Northern Territory'],
    QLD: ['Queensland'],
    SA: ['South Australia'],
    TAS: ['Tasmania'],
    VIC: ['Victoria'],
    WA: ['Western Australia'],
  },
  BR: named(
    'AC Acre, AL Alagoas, AP Amapá, AM Amazonas, BA Bahia, CE Ceará, DF Distrito Federal, ES Espírito Santo, GO Goiás, ' +
      'MA Maranhão, MT Mato Grosso, MS Mato Grosso do Sul, MG Minas Gerais, PA Pará, PB Paraíba, PR Paraná, ' +
      'PE Pernambuco, PI Piauí, RJ Rio de Janeiro, RN Rio Grande do Norte, RS Rio Grande do Sul, RO Rondônia, ' +
      'RR Roraima, SC Santa Catarina, SP São Paulo, SE Sergipe, TO Tocantins',
  ),
  CA: {
    AB: ['Alberta'],
    BC: ['British Columbia', 'Colombie-Britannique'],
    MB: ['Manitoba'],
    NB: ['New Brunswick', 'Nouveau-Brunswick'],
    NL: ['Newfoundland and Labrador', 'Terre-Neuve-et-Labrador'],
    NS: ['Nova Scotia', 'Nouvelle-Écosse'],
    NT: ['Northwest Territories', 'Territoires du Nord-Ouest'],
    NU: ['Nunavut'],
    ON: ['Ontario'],
    PE: ['Prince Edward Island', 'Île-du-Prince-Édouard'],
    QC: ['Quebec'],
    SK: ['Saskatchewan'],
    YT: ['Yukon'],
  },
  US: named(
    'AL Alabama, AK Alaska, AS American Samoa, AZ Arizona, AR Arkansas, AA Armed Forces Americas, ' +
      'AE Armed Forces Europe, AP Armed Forces Pacific, CA California, CO Colorado, CT Connecticut, DE Delaware, ' +
      'DC District of Columbia, FL Florida, GA Georgia, GU Guam, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, ' +
      'KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MH Marshall Islands, MD Maryland, MA Massachusetts, ' +
      'MI Michigan, FM Micronesia, MN Minnesota, MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, ' +
      'NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, NC North Carolina, ND North Dakota, ' +
      'MP Northern Mariana Islands, OH Ohio, OK Oklahoma, OR Oregon, PW Palau, PA Pennsylvania, PR Puerto Rico, ' +
      'RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, ' +
      'VI Virgin Islands, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming',
  ),
};

const CODE_OF_SPELLING: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  Object.entries(REGIONS_BY_CODE).map(([country, regions]) => [
    country,
    new Map(
      Object.entries(regions).flatMap(([code, names]) =>
        [code, `${country}-${code}`, ...names].map((spelling) => [lettersOf(spelling), code] as const),
      ),
    ),
  ]),
);

/**
 * The region as the country's post writes it: the code where it has codes (`California`, `US-CA` and `ca` are `CA`),
 * elsewhere what was written. Undefined for what is missing or no region there.
 */
export function postalRegion(country: string, written: string): string | undefined {
  if (written === '') return REGION_REQUIRED.has(country) ? undefined : written;
  const codes = CODE_OF_SPELLING.get(country);
  return codes === undefined ? written : codes.get(lettersOf(written));
}

/** What two spellings of one name have in common: no case, no accents, no punctuation. */
function lettersOf(spelling: string): string {
  return spelling
    .normalize('NFKD')
    .replaceAll('&', 'and')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase();
}

/** @param list `CODE Name, CODE Name`. */
function named(list: string): Record<string, string[]> {
  return Object.fromEntries(
    list.split(', ').map((entry) => {
      const [code = '', ...name] = entry.split(' ');
      return [code, [name.join(' ')]];
    }),
  );
}
