import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { findEntries } from '../../scripts/function-entries.ts';
import type { DeployedFunction } from './topology/deployed.ts';

export type Handler = (event: unknown, context: unknown) => unknown;

/** A function that orders meet: as the template deploys it, with the handler of its source. */
export interface ShopFunction extends DeployedFunction {
  readonly handler: Handler;
}

/** What is another one for each function, and read by nothing but its entry as that is loaded. */
const OWN_VARIABLES: readonly string[] = ['DEAD_LETTERS_URL'];

/** Loads the handlers. They read their settings as they are loaded: those must be in the environment by now. */
export async function loadFunctions(functions: Iterable<DeployedFunction>): Promise<Map<string, ShopFunction>> {
  const sources = await findEntries(path.join(PROJECT_FOLDER, 'functions'));
  const loaded = new Map<string, ShopFunction>();
  for (const deployed of functions) {
    const source = sources.get(deployed.name);
    if (source === undefined)
      throw new Error(`No file of functions/ is the function ${deployed.name} of the template.`);
    for (const variable of OWN_VARIABLES) process.env[variable] = deployed.variables[variable] ?? '';
    const { handler } = (await import(pathToFileURL(source).href)) as { handler: Handler };
    loaded.set(deployed.name, { ...deployed, handler });
  }
  return loaded;
}

/**
 * The variables of all functions, which share one process here.
 * @throws Error naming a variable that means one thing in a function and another in the next.
 */
export function sharedVariables(functions: Iterable<DeployedFunction>): Record<string, string> {
  const shared: Record<string, string> = {};
  for (const { name, variables } of functions) {
    for (const [variable, value] of Object.entries(variables)) {
      // What its logs and metrics are told apart by: both are silent here.
      if (variable === 'POWERTOOLS_SERVICE_NAME' || OWN_VARIABLES.includes(variable)) continue;
      if ((shared[variable] ??= value) === value) continue;
      throw new Error(`The fault lab has one ${variable}; ${name} wants ${value}, others ${shared[variable]}.`);
    }
  }
  return shared;
}
