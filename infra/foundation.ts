import { App } from 'aws-cdk-lib';
import { FoundationStack } from './foundation/foundation-stack.ts';

/** The CDK app of what an account needs before the shop. Context: `mailDomain`, `repository` (`owner/name`). */
const checked = process.argv.includes('--validate');
const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: checked });

new FoundationStack(app, 'OrderWorkflowFoundation', {
  stackName: 'order-workflow-foundation',
  description: 'Mail domain and pipeline role of the order workflow',
  mailDomain: contextText('mailDomain'),
  repository: contextText('repository'),
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
