import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { StartError } from '../runtime/start-error.ts';
import type { Template } from './template.ts';

/** One stack of a synthesized cloud assembly (`cdk.out`). */
export interface StackAssembly {
  readonly stackName: string;
  readonly template: Template;
  /** @returns absolute path of the file or folder that would be uploaded under this S3 key. @throws StartError */
  assetPath(objectKey: string): string;
}

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z
        .object({
          templateFile: z.string().optional(),
          stackName: z.string().optional(),
          directoryName: z.string().optional(),
        })
        .optional(),
    }),
  ),
});

const AssetManifest = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .optional(),
});

interface StackArtifact {
  readonly folder: string;
  readonly stackName: string;
  readonly templateFile: string;
}

/**
 * Reads one stack of the assembly, also from the stages nested in it.
 * @param stackName may be left out when the assembly holds one stack only.
 * @throws StartError when the folder is no assembly, or the stack is not in it.
 */
export function readAssembly(folder: string, stackName?: string): StackAssembly {
  const stacks = findStacks(folder);
  const wanted = stackName ? stacks.filter((stack) => stack.stackName === stackName) : stacks;
  const [stack] = wanted;
  if (!stack || wanted.length > 1) {
    const names = stacks.map((each) => each.stackName).join(', ') || 'none';
    const what = stackName ? `no stack "${stackName}"` : `${stacks.length} stacks, so name one with --stack`;
    throw new StartError('ASSEMBLY_UNREADABLE', `The cloud assembly ${folder} has ${what} (stacks: ${names}).`);
  }
  const assets = readAssets(stack);
  return {
    stackName: stack.stackName,
    template: readJson(join(stack.folder, stack.templateFile)) as Template,
    assetPath(objectKey) {
      const path = assets.get(objectKey);
      if (path) return path;
      throw new StartError('ASSEMBLY_UNREADABLE', `The cloud assembly ${folder} has no asset ${objectKey}.`);
    },
  };
}

function findStacks(folder: string): StackArtifact[] {
  const manifest = Manifest.safeParse(readJson(join(folder, 'manifest.json')));
  if (!manifest.success) {
    throw new StartError('ASSEMBLY_UNREADABLE', `${join(folder, 'manifest.json')} is not a CDK manifest.`);
  }
  return Object.entries(manifest.data.artifacts).flatMap(([id, { type, properties }]) => {
    if (type === 'cdk:cloud-assembly' && properties?.directoryName) {
      return findStacks(join(folder, properties.directoryName));
    }
    if (type !== 'aws:cloudformation:stack' || !properties?.templateFile) return [];
    return [{ folder, stackName: properties.stackName ?? id, templateFile: properties.templateFile }];
  });
}

function readAssets(stack: StackArtifact): Map<string, string> {
  const file = join(stack.folder, stack.templateFile.replace(/\.template\.json$/, '.assets.json'));
  const assets = new Map<string, string>();
  for (const { source, destinations } of Object.values(AssetManifest.parse(readJson(file)).files ?? {})) {
    if (!source.path) continue;
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(stack.folder, source.path));
  }
  return assets;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartError('ASSEMBLY_UNREADABLE', `${file} cannot be read; run \`cdk synth\` first.`, { cause: error });
  }
}
