import type { Product } from './shop-api.ts';

/** Line drawings by category; a tile with the first letter for every other. */
const DRAWINGS: Readonly<Record<string, string>> = {
  teaware:
    'M22 40h34v14a14 14 0 0 1-14 14h-6a14 14 0 0 1-14-14zM56 44h6a7 7 0 0 1 0 14h-7M30 32c-3-4 3-6 0-10M40 32c-3-4 3-6 0-10M18 74h44',
  lighting: 'M40 14v12M24 50l8-24h16l8 24zM40 50v24M28 74h24M34 56c0 4 12 4 12 0',
  furniture: 'M28 12v56M28 44h26v24M28 18h24v26M28 30h24',
};

export function ProductPicture({ product: { category, name } }: { readonly product: Product }) {
  const drawing = DRAWINGS[category];
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
