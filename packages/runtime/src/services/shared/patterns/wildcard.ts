/** Tells whether a whole text fits a pattern. */
export type TextMatcher = (text: string) => boolean;

/** Finds the leftmost place of a piece at or after `from`; -1 when there is none. */
interface Piece {
  readonly length: number;
  find(text: string, from: number): number;
}

/**
 * Compiles a pattern that was split at its wildcards: between two pieces any characters may stand, also none.
 * Every piece takes the leftmost place that is left, which is always a right choice, so that nothing is tried twice:
 * a regular expression would try every way to share a text among its wildcards.
 * @param options.anyCharacter stands for exactly one character, as `?` does in IAM.
 */
export function compileWildcard(
  pieces: readonly string[],
  options: { readonly anyCharacter?: string } = {},
): TextMatcher {
  const [first = '', ...others] = pieces;
  const last = others.pop();
  const start = compilePiece(first, options.anyCharacter);
  if (last === undefined) return (text) => text.length === start.length && start.find(text, 0) === 0;
  const middle = others.map((piece) => compilePiece(piece, options.anyCharacter));
  const end = compilePiece(last, options.anyCharacter);
  return (text) => {
    if (text.length < start.length + end.length || start.find(text.slice(0, start.length), 0) !== 0) return false;
    let position = start.length;
    for (const piece of middle) {
      const found = piece.find(text, position);
      if (found < 0) return false;
      position = found + piece.length;
    }
    const endsAt = text.length - end.length;
    return position <= endsAt && end.find(text.slice(endsAt), 0) === 0;
  };
}

function compilePiece(piece: string, anyCharacter: string | undefined): Piece {
  if (anyCharacter === undefined || !piece.includes(anyCharacter)) {
    return { length: piece.length, find: (text, from) => text.indexOf(piece, from) };
  }
  const characters = piece.split('');
  const fits = (text: string, at: number): boolean =>
    characters.every((character, index) => character === anyCharacter || character === text[at + index]);
  return {
    length: piece.length,
    find(text, from) {
      for (let at = from; at + piece.length <= text.length; at += 1) if (fits(text, at)) return at;
      return -1;
    },
  };
}
