import { App } from 'aws-cdk-lib';
import { EdgeStack } from './edge/edge-stack.ts';

/**
 * The CDK app of what must stand in us-east-1 before the shop of any region. Context: `pageDomain` and `hostedZoneId`
 * (both optional), `alarmEmail`, `stack` (the stack's name; default `order-workflow-edge`).
 */
const checked = process.argv.includes('--validate');
const app = new App({ analyticsReporting: false, builtinCloudFormationValidation: checked });

new EdgeStack(app, 'OrderWorkflowEdge', {
  stackName: contextText('stack') ?? 'order-workflow-edge',
  description: 'Edge of the order workflow: web ACL and certificate for CloudFront',
  pageDomain: contextText('pageDomain'),
  hostedZoneId: contextText('hostedZoneId'),
  alarmEmail: contextText('alarmEmail'),
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
