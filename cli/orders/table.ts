import { stripVTControlCharacters } from 'node:util';
import { colors } from '../colors.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'right';
}

/** Rows as lines of aligned columns under their titles. Cells may be coloured. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((line) => widthOf(line[index] ?? ''))),
  );
  const lineOf = (line: readonly string[]): string =>
    line
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align))
      .join('  ')
      .trimEnd();
  return [colors.dim(lineOf(columns.map(({ title }) => title))), ...cells.map(lineOf)];
}

function padded(cell: string, width: number, align: 'right' | undefined): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return align === 'right' ? blanks + cell : cell + blanks;
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
