import type { Journal } from '../../../store/journal.ts';
import type { FunctionSettings } from '../function-settings.ts';

/** A published version: what the function was when its resource was first created. */
export interface FunctionVersion {
  readonly number: number;
  readonly settings: FunctionSettings;
}

/** A name for a version, or for two of them by weight. */
export interface FunctionAlias {
  readonly name: string;
  readonly version: string;
  /** Another version, and its share of the invocations, from 0 to 1. */
  readonly other?: { readonly version: string; readonly weight: number };
}

/**
 * Versions and aliases of functions.
 *
 * FV1  A version belongs to one resource of the template, over restarts, as in CloudFormation; numbers grow by one and
 *      do not return.
 * FV2  Versions that the template has no more are kept with their settings, and so run as long as their code lies there.
 * FV3  The newest version is the function as it is: both share their environments.
 * FV4  Aliases are the template's: each start brings them.
 */
export class FunctionVersions {
  readonly #journal: Journal;
  readonly #random: () => number;
  readonly #aliases = new Map<string, FunctionAlias>();

  constructor(journal: Journal, random: () => number = Math.random) {
    this.#journal = journal;
    this.#random = random;
    journal.migrate(`CREATE TABLE IF NOT EXISTS lambda_version (
      function_name TEXT NOT NULL, number INTEGER NOT NULL, logical_id TEXT NOT NULL, settings TEXT NOT NULL,
      PRIMARY KEY (function_name, number)
    ) STRICT, WITHOUT ROWID`);
  }

  /** The number that the version of this resource has, or will have when it is published. */
  numberOf(functionName: string, logicalId: string): number {
    const sql = 'SELECT number FROM lambda_version WHERE function_name = ? AND logical_id = ?';
    const known = this.#journal.sql(sql).get(functionName, logicalId);
    return known ? Number(known['number']) : this.newest(functionName) + 1;
  }

  /** Publishes the version of this resource, once. Resolves when that is durable. */
  async publish(settings: FunctionSettings, logicalId: string): Promise<number> {
    const { functionName } = settings;
    const number = this.numberOf(functionName, logicalId);
    const sql =
      'INSERT OR IGNORE INTO lambda_version (function_name, number, logical_id, settings) VALUES (?, ?, ?, ?)';
    await this.#journal.write(() => {
      this.#journal.sql(sql).run(functionName, number, logicalId, JSON.stringify(settings));
    });
    return number;
  }

  /** 0 while there is none. */
  newest(functionName: string): number {
    const sql = 'SELECT max(number) AS number FROM lambda_version WHERE function_name = ?';
    return Number(this.#journal.sql(sql).get(functionName)?.['number'] ?? 0);
  }

  find(functionName: string, number: number): FunctionVersion | undefined {
    const sql = 'SELECT settings FROM lambda_version WHERE function_name = ? AND number = ?';
    const row = this.#journal.sql(sql).get(functionName, number);
    return row && { number, settings: JSON.parse(String(row['settings'])) as FunctionSettings };
  }

  putAlias(functionName: string, alias: FunctionAlias): void {
    this.#aliases.set(`${functionName}:${alias.name}`, alias);
  }

  /** The version that an alias leads to, by weight where it has two; what is no alias leads to itself. */
  resolve(functionName: string, qualifier: string): string {
    const alias = this.#aliases.get(`${functionName}:${qualifier}`);
    if (!alias) return qualifier;
    return alias.other && this.#random() < alias.other.weight ? alias.other.version : alias.version;
  }
}
