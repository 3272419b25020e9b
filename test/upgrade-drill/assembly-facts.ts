import { readFileSync } from 'node:fs';
import { readAssembly } from '@order-workflow/runtime/assembly';

interface Machine {
  readonly States: Readonly<Record<string, { readonly Type: string; readonly Branches?: readonly Machine[] }>>;
}

/** `order-saga / Confirm order`: what an execution can stand at, as choices and ends take no time. */
export function tasksOf(assemblyFolder: string): string[] {
  const assembly = readAssembly(assemblyFolder);
  const machines = resourcesOf(assemblyFolder).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
  return machines.flatMap(({ Properties = {} }) => {
    const workflow = /-(order-\w+)/u.exec(JSON.stringify(Properties['StateMachineName']))?.[1] ?? '';
    const file = assembly.assetPath(String(Properties['DefinitionS3Location'].Key));
    return tasksIn(JSON.parse(readFileSync(file, 'utf8')) as Machine).map((task) => `${workflow} / ${task}`);
  });
}

/** Whether a product's stock may lie in several rows: a version that does not know it sees one of them. */
export function knowsShards(assemblyFolder: string): boolean {
  return resourcesOf(assemblyFolder).some(
    ({ Properties }) => Properties?.['RouteKey'] === 'PUT /inventory/{sku}/shards',
  );
}

function resourcesOf(assemblyFolder: string) {
  return Object.values(readAssembly(assemblyFolder).template.Resources ?? {});
}

function tasksIn({ States }: Machine): string[] {
  return Object.entries(States).flatMap(([name, { Type, Branches = [] }]) => [
    ...(Type === 'Task' ? [name] : []),
    ...Branches.flatMap(tasksIn),
  ]);
}
