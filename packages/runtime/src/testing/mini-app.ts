import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Template } from '../assembly/template.ts';

/**
 * A cloud assembly as the CDK writes it, of an app that has nothing to do with shops: letters come in through a
 * queue, a function files them in a table, the table's stream announces them on a bus, and a rule hands the
 * announcement to a queue and to a state machine.
 */
export async function writeMiniApp(folder: string, change: (template: Template) => Template = (t) => t): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await bundleFunctions(join(folder, 'asset.functions'));
  const files = { functions: asset('asset.functions', 'functions.zip') };
  writeJson(join(folder, 'manifest.json'), {
    artifacts: {
      Mail: { type: 'aws:cloudformation:stack', properties: { templateFile: 'Mail.template.json', stackName: 'mail' } },
      'Mail.assets': { type: 'cdk:asset-manifest', properties: { file: 'Mail.assets.json' } },
    },
  });
  writeJson(join(folder, 'Mail.assets.json'), { files });
  writeJson(join(folder, 'Mail.template.json'), change(mailTemplate));
}

function asset(path: string, objectKey: string): object {
  return { source: { path, packaging: 'zip' }, destinations: { here: { bucketName: 'assets', objectKey } } };
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 1));
}

const FUNCTIONS = `
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
  const table = new DynamoDBClient();
  const bus = new EventBridgeClient();
  export async function fileLetter({ Records }) {
    for (const { body } of Records) {
      const { id, text } = JSON.parse(body);
      await table.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id }, text: { S: text } } }));
    }
  }
  export async function announceLetter({ Records }) {
    const Entries = Records.map(({ dynamodb }) => ({
      EventBusName: process.env.BUS, Source: 'mail', DetailType: 'LetterFiled', Detail: JSON.stringify({ id: dynamodb.Keys.id.S }),
    }));
    await bus.send(new PutEventsCommand({ Entries }));
  }`;

async function bundleFunctions(folder: string): Promise<void> {
  const resolveDir = fileURLToPath(new URL('../../../..', import.meta.url));
  await build({
    stdin: { contents: FUNCTIONS, resolveDir, loader: 'js' },
    outfile: join(folder, 'letters.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
  });
}

const getAtt = (logicalId: string, attribute: string): object => ({ 'Fn::GetAtt': [logicalId, attribute] });

function functionResource(handler: string, variables: object): object {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'functions.zip' },
      Handler: `letters.${handler}`,
      Runtime: 'nodejs24.x',
      Role: getAtt('Role', 'Arn'),
      Timeout: 10,
      Environment: { Variables: variables },
    },
    DependsOn: ['Role'],
  };
}

const DEFINITION = {
  QueryLanguage: 'JSONata',
  StartAt: 'Stamp letter',
  States: {
    'Stamp letter': {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:putItem',
      Arguments: { TableName: '${Stamps}', Item: { id: { S: '{% $states.input.detail.id %}' } } },
      Output: { stamped: '{% $states.input.detail.id %}' },
      End: true,
    },
  },
};

function tableResource(properties: object): object {
  return {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      Replicas: [{ Region: { Ref: 'AWS::Region' } }],
      ...properties,
    },
  };
}

const mailTemplate = {
  Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' } },
  Resources: {
    Role: { Type: 'AWS::IAM::Role', Properties: {} },
    Inbox: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 60 } },
    Notices: { Type: 'AWS::SQS::Queue', Properties: {} },
    NoticesPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Notices' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: getAtt('Notices', 'Arn'),
            },
          ],
        },
      },
    },
    Letters: tableResource({ StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }),
    Stamps: tableResource({}),
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'mail' } },
    FileLetter: functionResource('fileLetter', { TABLE: { Ref: 'Letters' } }),
    AnnounceLetter: functionResource('announceLetter', { BUS: { Ref: 'Bus' } }),
    InboxWorker: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: getAtt('Inbox', 'Arn'), FunctionName: { Ref: 'FileLetter' }, BatchSize: 10 },
    },
    LettersStream: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: getAtt('Letters', 'StreamArn'),
        FunctionName: { Ref: 'AnnounceLetter' },
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 10, // PutEvents takes no more entries at a time
      },
    },
    Stamping: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: getAtt('Role', 'Arn'),
        DefinitionString: JSON.stringify(DEFINITION),
        DefinitionSubstitutions: { Stamps: { Ref: 'Stamps' } },
      },
    },
    LetterFiled: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['mail'] },
        State: 'ENABLED',
        Targets: [
          { Id: 'Notices', Arn: getAtt('Notices', 'Arn') },
          { Id: 'Stamping', Arn: { Ref: 'Stamping' }, RoleArn: getAtt('Role', 'Arn') },
        ],
      },
    },
  },
  Outputs: {
    InboxUrl: { Value: { Ref: 'Inbox' } },
    NoticesUrl: { Value: { Ref: 'Notices' } },
    LettersTable: { Value: { Ref: 'Letters' } },
    StampsTable: { Value: { Ref: 'Stamps' } },
    StampingArn: { Value: { Ref: 'Stamping' } },
  },
} as Template;
