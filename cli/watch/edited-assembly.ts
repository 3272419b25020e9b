import path from 'node:path';
import type { StackAssembly } from '@order-workflow/runtime';
import * as z from 'zod';

const FunctionCode = z.object({ Properties: z.object({ Code: z.object({ S3Key: z.string() }), Handler: z.string() }) });
const Machine = z.object({
  Properties: z.object({ StateMachineName: z.unknown(), DefinitionS3Location: z.object({ Key: z.string() }) }),
});

export interface Edits {
  /** Folder of the functions' newest build; undefined: they are as synthesized. */
  readonly functionsFolder: string | undefined;
  /** Folder of the workflows' definitions. */
  readonly definitionsFolder: string;
  /** Names of the workflows: `order-saga` and so on. */
  readonly workflows: readonly string[];
}

/** The synthesized stack with what was edited since in the place of its assets: no synthesis is needed for that. */
export function editedAssembly(assembly: StackAssembly, edits: Edits): StackAssembly {
  const assets = new Map<string, string>();
  for (const resource of Object.values(assembly.template.Resources ?? {})) {
    const code = resource.Type === 'AWS::Lambda::Function' ? FunctionCode.safeParse(resource).data : undefined;
    if (code && edits.functionsFolder !== undefined) assets.set(code.Properties.Code.S3Key, edits.functionsFolder);
    const machine = resource.Type === 'AWS::StepFunctions::StateMachine' ? Machine.safeParse(resource).data : undefined;
    const workflow = edits.workflows.find((name) => isNamed(machine?.Properties.StateMachineName, name));
    if (machine && workflow !== undefined) {
      const file = path.join(edits.definitionsFolder, `${workflow}.asl.json`);
      assets.set(machine.Properties.DefinitionS3Location.Key, file);
    }
  }
  const { stackName, template } = assembly;
  return { stackName, template, assetPath: (key) => assets.get(key) ?? assembly.assetPath(key) };
}

/** How a person calls the resource: by the function's file or the machine's name. */
export function shortName({ template }: StackAssembly, logicalId: string): string {
  const resource = template.Resources?.[logicalId];
  const handler = FunctionCode.safeParse(resource).data?.Properties.Handler;
  if (handler !== undefined) return handler.replace(/\.\w+$/u, '');
  const name = JSON.stringify(Machine.safeParse(resource).data?.Properties.StateMachineName ?? logicalId);
  return /-([\w-]+)"\]*\}?$/u.exec(name)?.[1] ?? logicalId;
}

/** Machines are called `<stack>-<workflow>`, which is a join in the template. */
function isNamed(stateMachineName: unknown, workflow: string): boolean {
  return JSON.stringify(stateMachineName ?? '').includes(`-${workflow}"`);
}
