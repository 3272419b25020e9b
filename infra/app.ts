import { App, DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { environmentNamed } from './config.ts';
import { OrderWorkflowStack } from './order-workflow-stack.ts';

/**
 * The CDK app. Context: `environment` (dev, prod; default dev) and `stack` (the stack's name; default
 * `order-workflow-<environment>`). `CDK_VALIDATION=true` has the template checked as it is synthesized, which takes
 * some seconds: verification does, and before a deployment it should.
 */
const checked = process.env['CDK_VALIDATION'] === 'true';
const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: checked });
const settings = environmentNamed(contextText('environment') ?? 'dev');

// The id is the same for every name: it is part of ids inside the template, and one template serves all names.
new OrderWorkflowStack(app, 'OrderWorkflow', {
  stackName: contextText('stack') ?? `order-workflow-${settings.name}`,
  settings,
  functionsFolder: 'dist/functions',
  definitionsFolder: 'workflows',
  description: `Order workflow (${settings.name})`,
  // The version rule reads a parameter that only a bootstrapped account has; the CDK CLI checks it by itself.
  synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
});

if (checked) {
  const { checkTemplates } = await import('./template-checks.ts');
  checkTemplates(app);
}

function contextText(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  if (value !== undefined && typeof value !== 'string') throw new Error(`Context ${name}: expected a text.`);
  return value;
}
