/**
 * A CDK app of somebody who knows nothing of the shop: readings come in through a queue, a function warns of frost on
 * an event bus, and a rule starts a state machine that files the warning in a table.
 * Run: node app.ts <output folder>. Synthesizes it.
 */
import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { DynamoAttributeValue, DynamoPutItem } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { buildSync } from 'esbuild';

const outdir = process.argv[2]!;
const codeFolder = join(outdir, '..', 'code');
buildSync({
  entryPoints: [join(import.meta.dirname, 'warn-of-frost.ts')],
  outdir: codeFolder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
});

const app = new App({ outdir });
const stack = new Stack(app, 'Greenhouse');
const readings = new Queue(stack, 'Readings', { visibilityTimeout: Duration.seconds(60) });
const warnings = new TableV2(stack, 'Warnings', {
  partitionKey: { name: 'bed', type: AttributeType.STRING },
  removalPolicy: RemovalPolicy.DESTROY,
});
const bus = new EventBus(stack, 'Bus');

const warnOfFrost = new Function(stack, 'WarnOfFrost', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'warn-of-frost.handler',
  code: Code.fromAsset(codeFolder),
  timeout: Duration.seconds(10),
  environment: { BUS: bus.eventBusName },
});
warnOfFrost.addEventSource(new SqsEventSource(readings));
bus.grantPutEventsTo(warnOfFrost);

const fileWarning = new StateMachine(stack, 'FileWarning', {
  queryLanguage: QueryLanguage.JSONATA,
  definitionBody: DefinitionBody.fromChainable(
    DynamoPutItem.jsonata(stack, 'File warning', {
      table: warnings,
      item: {
        bed: DynamoAttributeValue.fromString('{% $replace($states.input.detail.bed, /\\s+/, "-") %}'),
        celsius: DynamoAttributeValue.fromString('{% $string($states.input.detail.celsius) %}'),
      },
    }),
  ),
});
new Rule(stack, 'Frost', {
  eventBus: bus,
  eventPattern: { source: ['greenhouse'], detail: { celsius: [{ numeric: ['<', 0] }] } },
  targets: [new SfnStateMachine(fileWarning)],
});

new CfnOutput(stack, 'ReadingsUrl', { value: readings.queueUrl });
new CfnOutput(stack, 'WarningsTable', { value: warnings.tableName });
app.synth();
