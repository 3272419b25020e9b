import { address, checkout, product, type DisputedRequest } from './disputed-request.ts';

const ISSUED = 'ISO/IEC 7812: a network issues numbers that begin so and are as long';
const written = [
  ['in one piece', '4242424242424242', 'tinyhumansai/tinycortex#154'],
  ['in groups', '4242 4242 4242 4242'],
  ['with dashes', '4242-4242-4242-4242', 'sipyourdrink-ltd/bernstein#3818'],
  ['with dots', '4242.4242.4242.4242'],
  ['with long dashes', '4242–4242–4242–4242'],
  ['with different separators', '4242-4242 4242.4242'],
  ['digit by digit', '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2'],
  ['in groups of another size', '42424 24242 424242', 'zendesk/credit_card_sanitizer#29'],
  ['with a dash between blanks', '4242 - 4242 - 4242 - 4242'],
  ['with hard blanks', '4242\u00a04242\u00a04242\u00a04242'],
  ['with zero-width blanks', '4242\u200b4242\u200b4242\u200b4242'],
  ['in full-width digits', '４２４２４２４２４２４２４２４２', 'vectorize-io/hindsight#4333'],
  ['in Arabic digits', '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢'],
  ['in Devanagari digits', '४२४२४२४२४२४२४२४२'],
  ['with tildes', '4242~4242~4242~4242'],
  ['with equals signs', '4242=4242=4242=4242'],
  ['with quotes', '"4242" "4242" "4242" "4242"'],
  ['with brackets', '[4242][4242][4242][4242]'],
  ['with arrows', '4242→4242→4242→4242'],
  ['with pictures', '4242💳4242💳4242💳4242'],
  ['with wide gaps', '4242    4242    4242    4242'],
  ['with letters between its groups', '4242a4242b4242c4242'],
  ['with an x between its groups', '4242 x 4242 x 4242 x 4242'],
  ['in key caps', [...'4242424242424242'].map((digit) => `${digit}\ufe0f\u20e3`).join('')],
  ['struck through', [...'4242424242424242'].map((digit) => `${digit}\u0336`).join('')],
  ['in black circles', '❹❷❹❷❹❷❹❷❹❷❹❷❹❷❹❷'],
  ['in white circles', '④②④②④②④②④②④②④②④②'],
  ['in Chinese numerals', '四二四二四二四二四二四二四二四二'],
  ['in segments of a display', '🯴🯲🯴🯲🯴🯲🯴🯲🯴🯲🯴🯲🯴🯲🯴🯲'],
  ['in Thai digits', '๔๒๔๒๔๒๔๒๔๒๔๒๔๒๔๒'],
  ['after a word', 'card4242 4242 4242 4242'],
  ['of American Express', '3782 822463 10005'],
  ['of Mastercard, 2-series', '2223 0031 2200 3222'],
  ['of JCB', '3566002020360505'],
  ['of Diners', '3622 720627 1667'],
  ['of UnionPay, 19 digits', '6205 5000 0000 0000 004'],
] as const;

export const CARDS: readonly DisputedRequest[] = [
  ...written.map(([what, line2, seenIn]) =>
    address(
      { line2 },
      { what: `a card ${what}`, answer: '400 CARD_NUMBER_REFUSED', reason: ISSUED, ...(seenIn && { seenIn }) },
    ),
  ),
  address(
    { line1: 'Flat 4242 4242', line2: '4242 4242' },
    { what: 'a card over two lines', answer: '400 CARD_NUMBER_REFUSED', reason: 'read together it is one' },
  ),
  address(
    { name: '5555 5555 5555 4444' },
    { what: 'a card as a name', answer: '400 CARD_NUMBER_REFUSED', reason: ISSUED },
  ),
  product(
    { description: 'call 4242\u20104242\u20104242\u20104242' },
    { what: 'a card in a description', answer: '400 CARD_NUMBER_REFUSED', reason: ISSUED },
  ),
  ...(
    [
      ['a 13-digit barcode that passes Luhn', '4006381330060', 'GS1: it is a GTIN-13'],
      ['a barcode of Japan', '4901234560048', 'GS1: it is a GTIN-13'],
      ['14 digits', '10614141000410', 'no network issues 1…'],
      ['12 digits', '424242424242', 'shorter than any card'],
      ['20 digits', '42424242424242424242', 'longer than any card'],
      ['epoch milliseconds', '1548138160707', 'no network issues 1…', 'pii-shield/pii-shield#209'],
      ['16 digits of no network', '8888888888888888', 'no network issues 88…'],
    ] as const
  ).flatMap(([what, digits, reason, seenIn]) => [
    product({ sku: digits }, { what: `${what} as a SKU`, answer: '201', reason, ...(seenIn && { seenIn }) }),
    address({ line2: digits }, { what: `${what} in an address`, answer: '202', reason, ...(seenIn && { seenIn }) }),
  ]),
  product(
    { sku: '4242424242424242' },
    { what: 'a card as a SKU', answer: '400 CARD_NUMBER_REFUSED', reason: 'no barcode has 16 digits' },
  ),
  ...['4242424242424242', '4539578763621486', '79927398713'].map((key) =>
    checkout(
      {},
      {
        what: `digits as Idempotency-Key: ${key}`,
        headers: { 'idempotency-key': key },
        answer: '202',
        reason: 'only a hash of it is kept',
      },
    ),
  ),
  address(
    { line2: '220-240V 50/60Hz 1200W, 10x20x30 cm, 4xAA 1.5V' },
    { what: 'sizes with letters between them', answer: '202', reason: 'no card is printed in such groups' },
  ),
  address(
    { line1: '中山路一二三四号五六七八室' },
    { what: 'a Chinese address', answer: '202', reason: 'letters stand between its numerals' },
  ),
  address({ line2: '+49 30 1234 5678 22' }, { what: 'a telephone number', answer: '202', reason: 'no network' }),
];
