import type { Product } from './shop-api.ts';

/** Line drawings by a word of the name; a tile with the first letter for every other. */
const DRAWINGS: Readonly<Record<string, string>> = {
  cup: 'M22 40h34v14a14 14 0 0 1-14 14h-6a14 14 0 0 1-14-14zM56 44h6a7 7 0 0 1 0 14h-7M30 32c-3-4 3-6 0-10M40 32c-3-4 3-6 0-10M18 74h44',
  teapot:
    'M24 40c-6 8-6 20 2 28h26c8-8 8-20 2-28zM30 40c0-8 18-8 18 0M39 33v-4M56 44c10-4 10 16-1 16M22 48c-6 0-6-8-12-8M20 74h38',
  lamp: 'M40 14v12M24 50l8-24h16l8 24zM40 50v24M28 74h24M34 56c0 4 12 4 12 0',
  chair: 'M28 12v56M28 44h26v24M28 18h24v26M28 30h24',
};

export function ProductPicture({ product: { name } }: { readonly product: Product }) {
  const drawing = name
    .toLowerCase()
    .split(' ')
    .map((word) => DRAWINGS[word])
    .find((found) => found !== undefined);
  return (
    <svg class={`picture tint-${tintOf(name)}`} viewBox="0 0 80 84" aria-hidden="true">
      {drawing === undefined ? (
        <text x="40" y="56" text-anchor="middle">
          {[...name][0]?.toUpperCase()}
        </text>
      ) : (
        <path d={drawing} />
      )}
    </svg>
  );
}

/** One of four, the same for a name each time. */
function tintOf(name: string): number {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % 4;
}
