import { readFileSync } from 'node:fs';
import { ProjectFault, refuse } from './project-fault.ts';
import { constructFileWith, workflowFile } from './source-file.ts';

export interface MachineSteps {
  /** Folder of the definitions. */
  readonly definitionsFolder: string;
  /** Of the machine: its definition is `<name>.asl.json`. */
  readonly name: string;
  /** What the machine's construct maps, as the definition names it. */
  readonly steps: Iterable<string>;
}

/**
 * Every `${Function}` of a definition must be mapped by the machine's construct: CloudFormation leaves an unmapped one as
 * it is, the machine deploys, and its orders fail. One that is mapped and not named is a state that was forgotten.
 * @throws ProjectFault.
 */
export function checkMachineSteps({ definitionsFolder, name, steps }: MachineSteps): void {
  const named = stepsNamedBy(readDefinition(definitionsFolder, name));
  const mapped = new Set(steps);
  const workflow = workflowFile(definitionsFolder, name);
  const construct = constructFileWith(`name: '${name}'`);
  refuse([
    ...[...named.difference(mapped)].map(
      (step) =>
        `${workflow} invokes \${${step}}, which is not mapped: add ${step} to the steps of '${name}' in ${construct}.`,
    ),
    ...[...mapped.difference(named)].map(
      (step) =>
        `${construct} maps ${step} for '${name}', and no state invokes \${${step}}: add one to ${workflow}, or take the step out.`,
    ),
  ]);
}

function stepsNamedBy(definition: string): Set<string> {
  return new Set([...definition.matchAll(/\$\{(\w+)\}/gu)].map(([, name = '']) => name));
}

function readDefinition(folder: string, name: string): string {
  try {
    return readFileSync(`${folder}/${name}.asl.json`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ProjectFault([
      `${constructFileWith(`name: '${name}'`)} deploys the workflow '${name}', but there is no ${folder}/${name}.asl.json: write it.`,
    ]);
  }
}
