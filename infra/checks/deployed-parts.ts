import { readdirSync } from 'node:fs';
import type { Stack } from 'aws-cdk-lib';
import { OrderMachine } from '../constructs/order-machine.ts';
import { ShopFunction } from '../constructs/shop-function.ts';
import { refuse } from './project-fault.ts';
import { constructFileWith } from './source-file.ts';

export interface WrittenParts {
  /** Entry name → source file of every function. */
  readonly functions: ReadonlyMap<string, string>;
  /** Folder of the workflows' definitions. */
  readonly definitionsFolder: string;
}

/**
 * What is written must be deployed, and what is deployed must be written: a function that no construct deploys is built
 * and never runs, and one without a file fails when it is first invoked.
 * @throws ProjectFault.
 */
export function checkDeployedParts(stack: Stack, { functions, definitionsFolder }: WrittenParts): void {
  const constructs = stack.node.findAll();
  const deployed = new Set(constructs.filter((each) => each instanceof ShopFunction).map(({ entry }) => entry));
  const machines = new Set(constructs.filter((each) => each instanceof OrderMachine).map(({ name }) => name as string));
  const workflows = readdirSync(definitionsFolder).filter((file) => file.endsWith('.asl.json'));
  refuse([
    ...[...functions]
      .filter(([entry]) => !deployed.has(entry))
      .map(
        ([entry, source]) =>
          `${source.replaceAll('\\', '/')} exports a handler that no construct deploys: add a ShopFunction with the entry '${entry}' to infra/constructs/.`,
      ),
    ...[...deployed]
      .filter((entry) => !functions.has(entry))
      .map(
        (entry) =>
          `${constructFileWith(`'${entry}'`)} deploys '${entry}', but no functions/<service>/${entry}.ts exports a handler: write it, or take the construct out.`,
      ),
    ...workflows
      .filter((file) => !machines.has(file.replace('.asl.json', '')))
      .map(
        (file) => `${definitionsFolder}/${file} is deployed by no construct: add an OrderMachine to infra/constructs/.`,
      ),
  ]);
}
