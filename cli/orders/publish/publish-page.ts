import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Deployment } from '../../deployment.ts';
import { mediaTypeOf } from '../../gateway/page-files.ts';
import { UserError } from '../../user-error.ts';
import { pageConfigOf } from './page-config.ts';

export interface Published {
  readonly url: string;
  readonly files: readonly string[];
  /** CloudFront gives the new files within minutes of it. */
  readonly invalidationId: string;
}

/** A browser asks each time whether its copy is still right; CloudFront keeps its own until it is told to forget it. */
const CACHE_CONTROL = 'public, max-age=0, must-revalidate, s-maxage=31536000';

/** What names the others comes last: who loads the page in between gets the whole old one, or the whole new one. */
const ENTRY = 'index.html';

/**
 * Uploads the built page and has CloudFront forget the one before. Safe to repeat: the same build gives the same files.
 * @throws UserError when nothing is built.
 */
export async function publishPage(deployment: Deployment, folder: string): Promise<Published> {
  const files = await builtFiles(folder);
  const config = JSON.stringify(pageConfigOf(deployment));
  const contents = new Map([...files, ['config.json', Buffer.from(config)] as const]);
  const names = [...contents.keys()].toSorted((left, right) => Number(left === ENTRY) - Number(right === ENTRY));
  const s3 = new S3Client({ ...deployment.clientConfig, forcePathStyle: true });
  const Bucket = deployment.output('PageBucketName');
  for (const Key of names) {
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: contents.get(Key) ?? '',
        ContentType: mediaTypeOf(Key),
        CacheControl: CACHE_CONTROL,
      }),
    );
  }
  return { url: deployment.output('PageUrl'), files: names, invalidationId: await forget(deployment) };
}

async function builtFiles(folder: string): Promise<Map<string, Buffer>> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!names.includes(ENTRY)) throw new UserError(`There is no page in ${folder}: npm run build makes it.`);
  const read = names.toSorted().map(async (name) => [name, await readFile(path.join(folder, name))] as const);
  return new Map(await Promise.all(read));
}

async function forget(deployment: Deployment): Promise<string> {
  const cloudFront = new CloudFrontClient({ ...deployment.clientConfig });
  const { Invalidation } = await cloudFront.send(
    new CreateInvalidationCommand({
      DistributionId: deployment.output('PageDistributionId'),
      InvalidationBatch: {
        CallerReference: crypto.randomUUID(),
        Paths: { Quantity: 1, Items: ['/*'] },
      },
    }),
  );
  return Invalidation?.Id ?? 'unknown';
}
