import type {
  ResourceDeclaration,
  ResourceIdentity,
  ResourceType,
  ResourceTypes,
} from '@order-workflow/runtime/assembly';
import { eventBridgeResourceTypes, EventBridgeService } from '@order-workflow/runtime/services/eventbridge';
import { identifyMapping } from '@order-workflow/runtime/services/lambda';
import { ArnTargetSender, Journal } from '@order-workflow/runtime/services/shared';
import { sqsResourceTypes, SqsService } from '@order-workflow/runtime/services/sqs';
import { systemClock } from '@order-workflow/states-language/clock';
import { TABLE_SCHEMAS } from '../../../infra/table-schemas.ts';

/** Where the stack is deployed in the lab. */
export const STACK = {
  stackName: 'Shop',
  region: 'us-east-1',
  accountId: '000000000000',
  endpointUrl: 'http://aws.test',
} as const;
const ACCOUNT = `${STACK.region}:${STACK.accountId}`;

/**
 * What the lab's resources are called, by type. Queues, bus, archive and rules as the runtime calls them; functions by
 * their file and tables by their schema, so that a fault's place can be read.
 */
export function identities(): ResourceTypes {
  return { ...OWN, ...runtimeTypes() };
}

const ONLY_VERSION = '1';

const OWN: ResourceTypes = {
  'AWS::Lambda::Function': identifiedBy(({ properties }) => {
    const name = String(properties['Handler']).replace(/\.handler$/, '');
    return { ref: name, attributes: { Arn: `arn:aws:lambda:${ACCOUNT}:function:${name}` } };
  }),
  // Taken for the thing itself (`withoutQualifiers`).
  'AWS::Lambda::Version': identifiedBy(({ properties }) => qualified(properties, ONLY_VERSION)),
  'AWS::Lambda::Alias': identifiedBy(({ properties }) => qualified(properties, String(properties['Name']))),
  'AWS::StepFunctions::StateMachineVersion': identifiedBy(({ properties }) => ({
    ref: `${properties['StateMachineArn']}:${ONLY_VERSION}`,
    attributes: {},
  })),
  'AWS::StepFunctions::StateMachineAlias': identifiedBy(({ properties }) => {
    const [{ StateMachineVersionArn: version }] = properties['RoutingConfiguration'];
    return { ref: String(version).replace(/:1$/u, `:${properties['Name']}`), attributes: {} };
  }),
  'AWS::Lambda::EventSourceMapping': { identify: identifyMapping },
  'AWS::Lambda::EventInvokeConfig': nameOnly(),
  'AWS::StepFunctions::StateMachine': identifiedBy(({ properties }) => {
    const name = String(properties['StateMachineName']);
    const arn = `arn:aws:states:${ACCOUNT}:stateMachine:${name}`;
    return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'only' } };
  }),
  'AWS::DynamoDB::GlobalTable': identifiedBy(({ logicalId }) => {
    const name = logicalId.replace(/Table$/, '');
    if (!(name in TABLE_SCHEMAS))
      throw new Error(`The fault lab has no table ${name}: name it in infra/table-schemas.ts.`);
    const arn = `arn:aws:dynamodb:${ACCOUNT}:table/${name}`;
    return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/2026-01-01T00:00:00.000` } };
  }),
  'AWS::SecretsManager::Secret': nameOnly(),
  'AWS::IAM::Role': nameOnly(),
  'AWS::IAM::ManagedPolicy': nameOnly(),
  'AWS::Logs::LogGroup': nameOnly(),
  'AWS::SES::ConfigurationSet': nameOnly(),
  'AWS::Cognito::UserPool': nameOnly(),
  'AWS::CloudFront::Distribution': identifiedBy(() => ({ ref: 'Page', attributes: { DomainName: 'page.test' } })),
};

function identifiedBy(identify: (resource: ResourceDeclaration) => ResourceIdentity): ResourceType {
  return { identify };
}

function qualified(properties: ResourceDeclaration['properties'], qualifier: string): ResourceIdentity {
  const arn = `arn:aws:lambda:${ACCOUNT}:function:${properties['FunctionName']}:${qualifier}`;
  return { ref: arn, attributes: { Version: ONLY_VERSION } };
}

/** Others refer to it; the lab does not run it. */
function nameOnly(): ResourceType {
  return identifiedBy(({ logicalId }) => ({
    ref: logicalId,
    attributes: { Arn: `arn:aws:lab:${ACCOUNT}:${logicalId}` },
  }));
}

/** Their names need a service, but none in which anything happens. */
function runtimeTypes(): ResourceTypes {
  const common = { journal: new Journal(':memory:'), clock: systemClock, stack: STACK };
  const sqs = new SqsService(common);
  const targets = new ArnTargetSender({ clock: systemClock });
  const events = new EventBridgeService({ ...common, targets, deadLetters: sqs });
  return { ...sqsResourceTypes(sqs), ...eventBridgeResourceTypes(events) };
}
