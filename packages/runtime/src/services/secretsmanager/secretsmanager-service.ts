import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import {
  CURRENT,
  addVersion,
  findVersion,
  sameValue,
  type Secret,
  type SecretValue,
  type SecretVersion,
} from './secret.ts';

export interface SecretsManagerOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: StackIdentity;
  /** Values set by whoever starts the runtime, by secret name or by logical id in the template. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface SecretDraft {
  readonly name: string;
  readonly arn?: string;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly tags?: { Key: string; Value: string }[];
  readonly value?: SecretValue | undefined;
  readonly versionId?: string | undefined;
}

/**
 * Secrets with their staged versions.
 *
 * M1  A change is acknowledged after it is in the journal; a secret is found again, with all labelled versions,
 *     after a restart.
 * M2  A value given by the caller of the runtime wins over the template when it is new, and stays out of the way
 *     afterwards: a rotation made through the API survives restarts with the same caller's value.
 */
export class SecretsManagerService {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #stack: StackIdentity;
  readonly #seeds: Readonly<Record<string, string>>;
  readonly #secrets = new Map<string, Secret>();

  constructor(options: SecretsManagerOptions) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#stack = options.stack;
    this.#seeds = options.secrets ?? {};
    this.#journal.migrate('CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT');
    for (const row of this.#journal.sql('SELECT content FROM secret').all()) {
      const secret = JSON.parse(row['content'] as string) as Secret;
      this.#secrets.set(secret.name, secret);
    }
  }

  /** By name, ARN, or ARN without its random suffix. @throws AwsError ResourceNotFoundException. */
  find(secretId: string): Secret {
    const secret =
      this.#secrets.get(secretId) ?? [...this.#secrets.values()].find(({ arn }) => matchesArn(arn, secretId));
    if (!secret) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return secret;
  }

  has(name: string): boolean {
    return this.#secrets.has(name);
  }

  list(): Secret[] {
    return [...this.#secrets.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** @throws AwsError ResourceNotFoundException. */
  version(secretId: string, wanted: { versionId?: string | undefined; stage?: string | undefined }): SecretVersion {
    const exact = wanted.versionId !== undefined || wanted.stage !== undefined;
    const version = findVersion(this.find(secretId), exact ? wanted : { stage: CURRENT });
    if (version) return version;
    const label = wanted.stage ?? wanted.versionId ?? CURRENT;
    const message = `Secrets Manager can't find the specified secret value for staging label or version: ${label}`;
    throw new AwsError('ResourceNotFoundException', message);
  }

  /** Text of a secret's current version; undefined when there is none. */
  currentText(secretId: string): string | undefined {
    try {
      return this.version(secretId, {}).value.secretString;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  /** @throws AwsError ResourceExistsException. */
  async create(draft: SecretDraft): Promise<Secret> {
    if (this.has(draft.name)) {
      throw new AwsError(
        'ResourceExistsException',
        `The operation failed because the secret ${draft.name} already exists.`,
      );
    }
    const nowMs = this.#clock.nowMs();
    const secret: Secret = {
      name: draft.name,
      arn: draft.arn ?? this.arnOf(draft.name, randomBytes(3).toString('hex')),
      ...(draft.description !== undefined && { description: draft.description }),
      ...(draft.kmsKeyId !== undefined && { kmsKeyId: draft.kmsKeyId }),
      createdMs: nowMs,
      changedMs: nowMs,
      tags: draft.tags ?? [],
      versions: [],
    };
    if (draft.value) addVersion(secret, this.#newVersion(draft.value, draft.versionId, [CURRENT]));
    await this.#save(secret);
    return secret;
  }

  /** Idempotent by versionId with the same value. @throws AwsError ResourceExistsException for another value. */
  async putValue(
    secretId: string,
    value: SecretValue,
    options: { versionId?: string | undefined; stages?: string[] | undefined } = {},
  ): Promise<{ secret: Secret; version: SecretVersion }> {
    const secret = structuredClone(this.find(secretId));
    const existing =
      options.versionId === undefined ? undefined : findVersion(secret, { versionId: options.versionId });
    if (existing) {
      if (!sameValue(existing.value, value)) {
        throw new AwsError('ResourceExistsException', "You can't change the value of an existing secret version.");
      }
      return { secret, version: existing };
    }
    const version = this.#newVersion(value, options.versionId, options.stages ?? [CURRENT]);
    addVersion(secret, version);
    await this.#save(secret);
    return { secret, version };
  }

  async updateDetails(secretId: string, details: { description?: string; kmsKeyId?: string }): Promise<Secret> {
    const secret = { ...structuredClone(this.find(secretId)), ...details, changedMs: this.#clock.nowMs() };
    await this.#save(secret);
    return secret;
  }

  async delete(secretId: string): Promise<Secret> {
    const secret = this.find(secretId);
    this.#secrets.delete(secret.name);
    await this.#journal.write(() => this.#journal.sql('DELETE FROM secret WHERE name = ?').run(secret.name));
    return secret;
  }

  /** Creates the template's secret unless it is there, then applies the caller's value (M2). */
  async declare(
    logicalId: string,
    draft: SecretDraft & { readonly generate: () => SecretValue | undefined },
  ): Promise<void> {
    const seed = this.#seeds[draft.name] ?? this.#seeds[logicalId];
    if (!this.has(draft.name)) {
      const value = seed === undefined ? draft.generate() : { secretString: seed };
      await this.create({ ...draft, value });
    }
    if (seed !== undefined) await this.#seed(draft.name, seed);
  }

  arnOf(name: string, suffix: string): string {
    return `arn:aws:secretsmanager:${this.#stack.region}:${this.#stack.accountId}:secret:${name}-${suffix}`;
  }

  async #seed(name: string, seed: string): Promise<void> {
    const digest = createHash('sha256').update(seed).digest('base64');
    const secret = structuredClone(this.find(name));
    if (secret.seedDigest === digest) return;
    secret.seedDigest = digest;
    if (findVersion(secret, { stage: CURRENT })?.value.secretString !== seed) {
      addVersion(secret, this.#newVersion({ secretString: seed }, undefined, [CURRENT]));
    }
    await this.#save(secret);
  }

  #newVersion(value: SecretValue, versionId: string | undefined, stages: string[]): SecretVersion {
    return { versionId: versionId ?? randomUUID(), createdMs: this.#clock.nowMs(), stages: [...stages], value };
  }

  async #save(secret: Secret): Promise<void> {
    this.#secrets.set(secret.name, secret);
    const insert = 'INSERT INTO secret VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content';
    await this.#journal.write(() => this.#journal.sql(insert).run(secret.name, JSON.stringify(secret)));
  }
}

const SUFFIX_LENGTH = '-AbCdEf'.length;

function matchesArn(arn: string, wanted: string): boolean {
  return wanted.startsWith('arn:') && (arn === wanted || arn.slice(0, -SUFFIX_LENGTH) === wanted);
}
