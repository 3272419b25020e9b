import { Scrolled } from './scrolled.tsx';

interface CountTableProps {
  readonly label: string;
  /** Of all columns; the first one names the row. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [name: string, ...counts: number[]])[];
}

/** Things with a few counts each. */
export function CountTable({ label, columns: [names, ...counted], rows }: CountTableProps) {
  return (
    <Scrolled label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{names}</th>
            {counted.map((column) => (
              <th key={column} scope="col" class="number">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...counts]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {counts.map((count, index) => (
                <td key={counted[index]} class="number">
                  {count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
