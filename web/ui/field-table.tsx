import { Icon } from './icon.tsx';
import { Scrolled } from './scrolled.tsx';

/** A field of an event, or of its schema, or of both. */
export interface Field {
  readonly path: string;
  /** What the schema allows there, in words; undefined for a field that it does not know. */
  readonly allows?: string;
  readonly isRequired: boolean;
  /** JSON text; undefined where the event has no such field. */
  readonly value?: string;
  readonly fault?: string;
}

export interface DescribedFields {
  readonly detailType: string;
  readonly fields: readonly Field[];
}

interface FieldTableProps {
  readonly fields: readonly Field[];
  readonly label: string;
}

/** Each field of an event beside what its schema allows there. */
export function FieldTable({ fields, label }: FieldTableProps) {
  return (
    <Scrolled label={label}>
      <table class="fields">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
            <th scope="col">The schema says</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ path, allows, isRequired, value, fault }) => (
            <tr key={path} class={fault === undefined ? '' : 'bad'}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td>{value === undefined ? <span class="quiet">absent</span> : <code>{value}</code>}</td>
              <td>
                <Icon name={fault === undefined ? 'done' : 'failed'} /> {allows ?? 'nothing: a newer version’s field'}
                {!isRequired && <span class="quiet">, optional</span>}
                {fault !== undefined && <div>{fault}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}
