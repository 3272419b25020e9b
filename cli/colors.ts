import { styleText } from 'node:util';

/** Colour on a terminal, plain text in a pipe or with NO_COLOR: styleText looks at standard output itself. */
const styled =
  (style: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(style, text, { stream: process.stdout });

export const colors = {
  bold: styled('bold'),
  dim: styled('dim'),
  red: styled('red'),
  green: styled('green'),
  yellow: styled('yellow'),
  cyan: styled('cyan'),
} as const;
