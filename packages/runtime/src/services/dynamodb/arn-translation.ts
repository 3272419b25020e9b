import type { StackIdentity } from '../../assembly/resource-type.ts';
import { DYNOXIDE_ARN_PREFIX, STREAM_LABEL } from './table-names.ts';

/** Turns dynoxide's ARNs (region `dynoxide`, stream labels of its own) into the stack's, and back, in JSON text. */
export class ArnTranslation {
  readonly #prefix: string;
  readonly #region: string;
  /** dynoxide's stream label by table. */
  readonly #labels = new Map<string, string>();

  constructor(stack: StackIdentity) {
    this.#prefix = `arn:aws:dynamodb:${stack.region}:${stack.accountId}:`;
    this.#region = stack.region;
  }

  learnStreamLabel(tableName: string, label: string | undefined): void {
    if (label) this.#labels.set(tableName, label);
    else this.#labels.delete(tableName);
  }

  toServer(json: string): string {
    if (!json.includes(this.#prefix)) return json;
    return json
      .replaceAll(this.#prefix, DYNOXIDE_ARN_PREFIX)
      .replace(/:table\/([^/"]+)\/stream\/([^/"]+)/g, (whole, table: string, label: string) => {
        const known = label === STREAM_LABEL ? this.#labels.get(table) : undefined;
        return known ? `:table/${table}/stream/${known}` : whole;
      });
  }

  toClient(json: string): string {
    let text = json
      .replaceAll(DYNOXIDE_ARN_PREFIX, this.#prefix)
      .replaceAll('"awsRegion":"dynoxide"', `"awsRegion":"${this.#region}"`);
    for (const label of this.#labels.values()) text = text.replaceAll(label, STREAM_LABEL);
    return text;
  }
}
