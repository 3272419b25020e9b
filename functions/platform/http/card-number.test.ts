import { expect, test } from 'vitest';
import { containsCardNumber } from './card-number.ts';

test.each([
  ['Visa', '4242424242424242'],
  ['Visa of 13 digits', '4222222222222'],
  ['Mastercard', '5555555555554444'],
  ['Mastercard, 2-series', '2223003122003222'],
  ['American Express', '378282246310005'],
  ['American Express as printed', '3782 822463 10005'],
  ['Diners', '30569309025904'],
  ['Discover', '6011111111111117'],
  ['UnionPay of 19 digits', '6205500000000000004'],
  ['in groups with blanks', 'card: 4242 4242 4242 4242.'],
  ['in groups with dashes', '4242-4242-4242-4242'],
  ['inside a word', 'pm_4242424242424242'],
  ['in groups with tildes', '4242~4242~4242~4242'],
  ['in groups with four blanks', '4242    4242    4242    4242'],
  ['in groups with brackets', '4242] [4242] [4242] [4242'],
  ['in groups with quotes', '"4242" "4242" "4242" "4242"'],
  ['in groups with pictures', '4242💳4242💳4242💳4242'],
  ['in groups with letters', '4242 x 4242 x 4242 x 4242'],
  ['digit by digit with letters', '4a2b4c2d4e2f4g2h4i2j4k2l4m2n4o2'],
  ['of American Express with letters', '3782a822463b10005'],
  ['in key caps', [...'4242424242424242'].map((digit) => `${digit}\ufe0f\u20e3`).join('')],
  ['struck through', [...'4242424242424242'].map((digit) => `${digit}\u0336`).join('')],
  ['in circles', '➍❷➍❷➍❷➍❷➍❷➍❷➍❷➍❷'],
  ['in Chinese numerals', '四二四二四二四二四二四二四二四二'],
  ['in full-width digits', '４２４２４２４２４２４２４２４２'],
])('%s is recognised', (_what, text) => {
  expect(containsCardNumber(text)).toBe(true);
});

test.each([
  ['digits that fail the check sum', '4242424242424241'],
  ['20 digits', '42424242424242424242'],
  ['12 digits', '424242424242'],
  ['a clock reading in milliseconds', '1767225600003'],
  ['a date and time', '20260115093000'],
  ['a UUID', '41114242-4242-4242-8242-424242424242'],
  ['an order id', '01K2Z5N8W00000000000000001'],
  ['sizes and models', 'Teapot 1.2 l, 220-240V 50/60Hz 1200W, 10x20x30 cm, 4xAA 1.5V, model 424B/42'],
  ['two telephone numbers', '+49 30 1234567 or +49 30 7654321'],
  ['a date in Chinese numerals', '二〇二六年一月十五日'],
  ['letters between groups of other sizes', '424a24242b4242c4242'],
  ['amounts', '{"acceptedTotal":99999999,"quantity":100}'],
])('%s is let through', (_what, text) => {
  expect(containsCardNumber(text)).toBe(false);
});
