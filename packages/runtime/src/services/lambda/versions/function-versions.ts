import type { Journal } from '../../../store/journal.ts';
import { AwsError } from '../../shared/aws-error.ts';
import type { FunctionSettings } from '../function-settings.ts';
import { KeptCode } from './kept-code.ts';

/** A published version: what the function was when its resource was first created. */
export interface FunctionVersion {
  readonly number: number;
  /** Of the template's resource. */
  readonly logicalId: string;
  /** `codeFolder` is the key of kept code; `settingsOf` gives a folder. */
  readonly settings: FunctionSettings;
}

/** A name for a version, or for two of them by weight. */
export interface FunctionAlias {
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  /** Another version, and its share of the invocations, from 0 to 1. */
  readonly other?: { readonly version: string; readonly weight: number };
}

/**
 * Versions and aliases of functions.
 *
 * FV1  A version belongs to one resource of the template, over restarts, as in CloudFormation; numbers grow by one and
 *      do not return.
 * FV2  Versions that the template has no more are kept with their settings and code, until DeleteFunction names them.
 * FV3  The version that the template declares is the function as it is: both share their environments, and an edit that
 *      is taken up without a deployment is live in both.
 * FV4  Aliases are the template's: each start brings them.
 */
export class FunctionVersions {
  readonly #journal: Journal;
  readonly #code: KeptCode;
  readonly #random: () => number;
  readonly #versions = new Map<string, FunctionVersion[]>();
  /** Also of those that were deleted. */
  readonly #lastNumbers = new Map<string, number>();
  /** Declared by the template, by function. */
  readonly #declared = new Map<string, number>();
  readonly #aliases = new Map<string, FunctionAlias[]>();

  constructor(journal: Journal, codeFolder: string, random: () => number = Math.random) {
    this.#journal = journal;
    this.#random = random;
    this.#code = new KeptCode(journal, codeFolder);
    // Of a deleted version the number stays, with settings `null`.
    journal.migrate(`CREATE TABLE IF NOT EXISTS lambda_version (
      function_name TEXT NOT NULL, number INTEGER NOT NULL, logical_id TEXT NOT NULL, settings TEXT NOT NULL,
      PRIMARY KEY (function_name, number)
    ) STRICT, WITHOUT ROWID`);
    for (const row of journal.sql('SELECT * FROM lambda_version ORDER BY function_name, number').all()) {
      const settings = JSON.parse(String(row['settings'])) as FunctionSettings | null;
      this.#remember(String(row['function_name']), Number(row['number']), {
        settings,
        logicalId: String(row['logical_id']),
      });
    }
  }

  /** The number that the version of this resource has, or will have when it is published. */
  numberOf(functionName: string, logicalId: string): number {
    const known = this.all(functionName).find((version) => version.logicalId === logicalId);
    return known?.number ?? (this.#lastNumbers.get(functionName) ?? 0) + 1;
  }

  /** Publishes the version of this resource, once. Resolves when that is durable. */
  async publish(settings: FunctionSettings, logicalId: string): Promise<number> {
    const { functionName } = settings;
    const number = this.numberOf(functionName, logicalId);
    this.#declared.set(functionName, number);
    if (this.find(functionName, number)) return number;
    const insert = 'INSERT INTO lambda_version (function_name, number, logical_id, settings) VALUES (?, ?, ?, ?)';
    await this.#journal.write(() => {
      const kept = { ...settings, codeFolder: this.#code.keep(settings.codeFolder) };
      this.#journal.sql(insert).run(functionName, number, logicalId, JSON.stringify(kept));
      this.#remember(functionName, number, { settings: kept, logicalId });
    });
    return number;
  }

  /** Deletes it if it is there. @throws AwsError ResourceConflictException while an alias leads to it. */
  async delete(functionName: string, number: number): Promise<void> {
    const users = this.aliases(functionName).filter(({ version, other }) =>
      [version, other?.version].includes(String(number)),
    );
    if (users.length > 0) {
      const names = users.map(({ name }) => name).join(', ');
      const message = `Unable to delete version because the following aliases reference it: [${names}]`;
      throw new AwsError('ResourceConflictException', message, 409);
    }
    const left = this.all(functionName).filter((version) => version.number !== number);
    this.#versions.set(functionName, left);
    const forget =
      "UPDATE lambda_version SET settings = 'null', logical_id = '' WHERE function_name = ? AND number = ?";
    await this.#journal.write(() => {
      this.#journal.sql(forget).run(functionName, number);
      const all = [...this.#versions.values()].flat();
      this.#code.retain(new Set(all.map(({ settings }) => settings.codeFolder)));
    });
  }

  /** Of one function, the oldest first. */
  all(functionName: string): readonly FunctionVersion[] {
    return this.#versions.get(functionName) ?? [];
  }

  /** Whether it is the function as it is. */
  isDeclared(functionName: string, number: number): boolean {
    return this.#declared.get(functionName) === number;
  }

  find(functionName: string, number: number): FunctionVersion | undefined {
    return this.all(functionName).find((version) => version.number === number);
  }

  /** What the version runs with. */
  settingsOf({ settings }: FunctionVersion): FunctionSettings {
    return { ...settings, codeFolder: this.#code.folderOf(settings.codeFolder) };
  }

  aliases(functionName: string): readonly FunctionAlias[] {
    return this.#aliases.get(functionName) ?? [];
  }

  putAlias(functionName: string, alias: FunctionAlias): void {
    const others = this.aliases(functionName).filter(({ name }) => name !== alias.name);
    this.#aliases.set(functionName, [...others, alias]);
  }

  /** The version that an alias leads to, by weight where it has two; what is no alias leads to itself. */
  resolve(functionName: string, qualifier: string): string {
    const alias = this.aliases(functionName).find(({ name }) => name === qualifier);
    if (!alias) return qualifier;
    return alias.other && this.#random() < alias.other.weight ? alias.other.version : alias.version;
  }

  #remember(
    functionName: string,
    number: number,
    { settings, logicalId }: { settings: FunctionSettings | null; logicalId: string },
  ): void {
    this.#lastNumbers.set(functionName, number);
    if (settings === null) return;
    this.#versions.set(functionName, [...this.all(functionName), { number, logicalId, settings }]);
  }
}
