/** A secret with the versions that still carry a staging label. Dates are epoch milliseconds. */
export interface Secret {
  readonly name: string;
  readonly arn: string;
  description?: string;
  kmsKeyId?: string;
  readonly createdMs: number;
  changedMs: number;
  tags: { Key: string; Value: string }[];
  versions: SecretVersion[];
  /** Digest of the value that the caller of the runtime set last; see `SecretsManagerService.seed`. */
  seedDigest?: string;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly createdMs: number;
  stages: string[];
  readonly value: SecretValue;
}

export interface SecretValue {
  readonly secretString?: string;
  /** Base64. */
  readonly secretBinary?: string;
}

export const CURRENT = 'AWSCURRENT';
export const PREVIOUS = 'AWSPREVIOUS';

export function findVersion(
  secret: Secret,
  wanted: { versionId?: string | undefined; stage?: string | undefined },
): SecretVersion | undefined {
  return secret.versions.find(
    (version) =>
      (wanted.versionId === undefined || version.versionId === wanted.versionId) &&
      (wanted.stage === undefined || version.stages.includes(wanted.stage)),
  );
}

/**
 * Adds a version and moves its staging labels to it. AWSCURRENT leaves AWSPREVIOUS with the version that had it;
 * versions without any label are deprecated and dropped, as Secrets Manager may do at any time.
 */
export function addVersion(secret: Secret, added: SecretVersion): void {
  const wasCurrent = findVersion(secret, { stage: CURRENT });
  for (const version of secret.versions) {
    version.stages = version.stages.filter((stage) => !added.stages.includes(stage));
  }
  if (wasCurrent && added.stages.includes(CURRENT)) {
    for (const version of secret.versions) version.stages = version.stages.filter((stage) => stage !== PREVIOUS);
    wasCurrent.stages.push(PREVIOUS);
  }
  secret.versions = [...secret.versions.filter((version) => version.stages.length > 0), added];
  secret.changedMs = added.createdMs;
}

export function sameValue(left: SecretValue, right: SecretValue): boolean {
  return left.secretString === right.secretString && left.secretBinary === right.secretBinary;
}
