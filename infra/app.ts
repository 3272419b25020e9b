import { App, DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { findEntries } from '../scripts/function-entries.ts';
import { checkDeployedParts } from './checks/deployed-parts.ts';
import { checkMockCases } from './checks/mock-cases.ts';
import { ProjectFault } from './checks/project-fault.ts';
import { environmentNamed, type EnvironmentSettings } from './config.ts';
import { OrderWorkflowStack } from './order-workflow-stack.ts';
import { RestoredTables } from './restored-tables.ts';

const DEFINITIONS_FOLDER = 'workflows';

/**
 * The CDK app. Context: `environment` (dev, prod; default dev), `stack` (the stack's name; default
 * `order-workflow-<environment>`), `shift` (`at-once`: new versions get all work at once, for a fix that must go out
 * while an alarm rings), `restoredTables` and `restoredOutboxStream` (as `orders restore tables` prints them). With
 * `--validate` the template is checked as it is synthesized, which takes some
 * seconds: `npm run check:synth` does it, and before a deployment one should.
 */
const checked = process.argv.includes('--validate');
const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: checked });
const settings = deployedSettings();

try {
  // The id is the same for every name: it is part of ids inside the template, and one template serves all names.
  const stack = new OrderWorkflowStack(app, 'OrderWorkflow', {
    stackName: contextText('stack') ?? `order-workflow-${settings.name}`,
    settings,
    functionsFolder: 'dist/functions',
    sourceMapsFolder: 'dist/source-maps',
    definitionsFolder: DEFINITIONS_FOLDER,
    restored: RestoredTables.from(contextText('restoredTables'), contextText('restoredOutboxStream')),
    description: `Order workflow (${settings.name})`,
    // The version rule reads a parameter that only a bootstrapped account has; the CDK CLI checks it by itself.
    synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
  });
  checkDeployedParts(stack, { functions: await findEntries('functions'), definitionsFolder: DEFINITIONS_FOLDER });
  checkMockCases(DEFINITIONS_FOLDER);
} catch (error) {
  if (!(error instanceof ProjectFault)) throw error;
  for (const fault of error.faults) console.error(`error: ${fault}`);
  process.exit(1);
}

if (checked) {
  const { checkTemplates } = await import('./template-checks.ts');
  checkTemplates(app);
}

/** @throws Error when there is no such environment, or no such way of shifting. */
function deployedSettings(): EnvironmentSettings {
  const environment = environmentNamed(contextText('environment') ?? 'dev');
  const shift = contextText('shift');
  if (shift === undefined) return environment;
  if (shift !== 'at-once') throw new Error(`Context shift: expected at-once, got ${shift}.`);
  return { ...environment, gradualShift: undefined };
}

function contextText(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  if (value !== undefined && typeof value !== 'string') throw new Error(`Context ${name}: expected a text.`);
  return value;
}
