import type { Journal } from '../../../store/journal.ts';
import { AwsError } from '../../shared/aws-error.ts';
import type { FunctionSettings } from '../function-settings.ts';
import { KeptCode } from './kept-code.ts';
import { isSameElsewhere, isSameVersion } from './same-version.ts';

/** The template's resource that a version belongs to. Another description makes it another one, as in CloudFormation. */
export interface VersionResource {
  readonly logicalId: string;
  /** Undefined: the version is described as its function is. */
  readonly description?: string | undefined;
}

/** A published version: what the function was when its resource was first created. */
export interface FunctionVersion {
  readonly number: number;
  readonly resource: VersionResource;
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
 * FV3  The version that the template declares is the function as it is: both share their environments, and an edit of
 *      its code that is taken up without a deployment is live in both. If the function has got other settings without
 *      another version, the version keeps its own, as on AWS.
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
  readonly #declared = new Map<string, DeclaredVersion>();
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
    journal.addColumn('lambda_version', 'description TEXT');
    for (const row of journal.sql('SELECT * FROM lambda_version ORDER BY function_name, number').all()) {
      const settings = JSON.parse(String(row['settings'])) as FunctionSettings | null;
      const description = row['description'] === null ? undefined : String(row['description']);
      const resource = { logicalId: String(row['logical_id']), description };
      this.#remember(String(row['function_name']), Number(row['number']), { settings, resource });
    }
  }

  /** The number that the version of this resource has, or will have when it is published. */
  numberOf(functionName: string, { logicalId, description }: VersionResource): number {
    const known = this.all(functionName).find(
      ({ resource }) => resource.logicalId === logicalId && isSameElsewhere(resource.description, description),
    );
    return known?.number ?? (this.#lastNumbers.get(functionName) ?? 0) + 1;
  }

  /** Publishes the version of this resource, once. Resolves when that is durable. */
  async publish(settings: FunctionSettings, resource: VersionResource): Promise<number> {
    const { functionName } = settings;
    const number = this.numberOf(functionName, resource);
    const known = this.find(functionName, number);
    this.#declared.set(functionName, { number, isTheFunction: !known || isSameVersion(known.settings, settings) });
    if (known) return number;
    const { logicalId, description } = resource;
    const insert =
      'INSERT INTO lambda_version (function_name, number, logical_id, description, settings) VALUES (?, ?, ?, ?, ?)';
    await this.#journal.write(() => {
      const kept = {
        ...settings,
        ...(description !== undefined && { description }),
        codeFolder: this.#code.keep(settings.codeFolder),
      };
      this.#journal.sql(insert).run(functionName, number, logicalId, description ?? null, JSON.stringify(kept));
      this.#remember(functionName, number, { settings: kept, resource });
    });
    return number;
  }

  /** The function has these settings from now on; its declared version may have been published with others (FV3). */
  compareAgain(settings: FunctionSettings): void {
    const { functionName } = settings;
    const number = this.#declared.get(functionName)?.number;
    const version = number === undefined ? undefined : this.find(functionName, number);
    if (!version) return;
    const isTheFunction = isSameVersion(version.settings, settings);
    this.#declared.set(functionName, { number: version.number, isTheFunction });
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
  isTheFunction(functionName: string, number: number): boolean {
    const declared = this.#declared.get(functionName);
    return declared?.number === number && declared.isTheFunction;
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
    { settings, resource }: { settings: FunctionSettings | null; resource: VersionResource },
  ): void {
    this.#lastNumbers.set(functionName, number);
    if (settings === null) return;
    this.#versions.set(functionName, [...this.all(functionName), { number, resource, settings }]);
  }
}

interface DeclaredVersion {
  readonly number: number;
  readonly isTheFunction: boolean;
}
