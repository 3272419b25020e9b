import { expect, test } from 'vitest';
import { hasBoundedCost } from './bounded-cost.ts';
import { parseExpression } from './evaluate.ts';

const isBounded = (text: string): boolean => hasBoundedCost(parseExpression(text, 1).ast);

test.each([
  '$states.input.order.lines[0].sku',
  '$order.total > 100 and $exists($order.lines[0].sku)',
  '{"a": $x, "b": [$x, {"c": $y}]}',
  "$states.input.lines[sku = 'a'].{'sku': sku, 'total': price * quantity}",
  '$map($states.input.lines, function($line) { {"id": "line-" & $line.id} })',
  '$filter($list, function($x) { $x.n > 1 and $not($x.done) })',
  '$sort($list, function($a, $b) { $a.n > $b.n })',
  '$states.input.list^(>price)',
  '$states.input.list{type: $sum(price)}',
  '[0..9]',
  '$states.input.count = 0 ? "none" : $string($states.input.count)',
  '$sum($list) ~> $string()',
])('%s ends soon, whatever it reads', (text) => {
  expect(isBounded(text)).toBe(true);
});

test.each([
  ['a pattern', '$contains($x, /a/)'],
  ['a length of its own', '$pad($x, $n)'],
  ['a range of its own', '[1..$n]'],
  ['a long range', '[1..100000]'],
  ['recursion', '($f := function($n) { $f($n) }; $f(0))'],
  ['a function called at once', 'function($x) { $x }($y)'],
  ['a sum over steps', '$reduce($list, function($a, $b) { $a & $b })'],
  ['each with each', '$distinct($list)'],
  ['two steps that multiply', '$x.{"a": $}.{"b": $}'],
  ['groups of groups', '$x.{"a": $}{a: $}'],
  ['texts in texts', '$string($string($string($string($string($x)))))'],
  ['all below all', '$x.**'],
  ['a picture', '$toMillis($x, $picture)'],
  ['a function by another name', '$f($x)'],
  ['a copy', '$x ~> |a|{}|'],
  ['an application of a part', '$map($x, $power(?, 2))'],
])('%s is evaluated in a thread of its own: %s', (_, text) => {
  expect(isBounded(text)).toBe(false);
});
