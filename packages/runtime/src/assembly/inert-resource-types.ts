import { physicalName } from '../services/shared/physical-name.ts';
import { stableId } from '../services/shared/stable-id.ts';
import type { ResourceDeclaration, ResourceType, StackIdentity } from './resource-type.ts';

type ArnOf = (resource: ResourceDeclaration, stack: StackIdentity) => string;

function nameOf(resource: ResourceDeclaration, stack: StackIdentity, nameProperty: string, longest: number): string {
  return resource.properties[nameProperty] ?? physicalName(resource, stack, longest);
}

/** A type that needs nothing at run time, but that others name: `Ref` gives the name, `Arn` the ARN. */
function named(nameProperty: string, arnOf: (name: string, stack: StackIdentity) => string): ResourceType {
  return {
    identify(resource, stack) {
      const name = nameOf(resource, stack, nameProperty, 64);
      return { ref: name, attributes: { Arn: arnOf(name, stack), Id: name } };
    },
  };
}

/** As `named`, but `Ref` gives the ARN. */
function arnNamed(arnOf: ArnOf): ResourceType {
  return {
    identify(resource, stack) {
      const arn = arnOf(resource, stack);
      return { ref: arn, attributes: { Arn: arn, Id: arn } };
    },
  };
}

/** Nobody refers to it by more than its logical id. */
const anonymous: ResourceType = {
  identify: (resource, stack) => ({ ref: `${stack.stackName}-${resource.logicalId}`, attributes: {} }),
};

/** `Ref` and `Id` give an id that AWS would have made. */
const identified: ResourceType = {
  identify(resource, stack) {
    const id = stableId([stack.stackName, resource.logicalId, resource.type], 14).toUpperCase();
    return { ref: id, attributes: { Id: id } };
  },
};

/**
 * Types of services that the runtime does not stand for and that have no effect on what it does: permissions (every
 * caller is trusted), encryption keys, schemas, traces. docs/compatibility/endpoint.md says so to users.
 */
export const inertResourceTypes: Readonly<Record<string, ResourceType>> = {
  'AWS::Budgets::Budget': anonymous,
  'AWS::CDK::Metadata': anonymous,
  'AWS::CloudFront::Distribution': {
    identify(resource, stack) {
      const id = stableId([stack.stackName, resource.logicalId, 'distribution'], 13).toUpperCase();
      return { ref: id, attributes: { Id: id, DomainName: `${id.toLowerCase()}.cloudfront.net` } };
    },
  },
  'AWS::CloudFront::CachePolicy': identified,
  'AWS::CloudFront::Function': {
    identify(resource, stack) {
      const arn = `arn:aws:cloudfront::${stack.accountId}:function/${nameOf(resource, stack, 'Name', 64)}`;
      return { ref: arn, attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn, Stage: 'LIVE' } };
    },
  },
  'AWS::CloudFront::OriginAccessControl': identified,
  'AWS::CloudFront::OriginRequestPolicy': identified,
  'AWS::CloudFront::ResponseHeadersPolicy': identified,
  'AWS::CodeDeploy::Application': named(
    'ApplicationName',
    (name, s) => `arn:aws:codedeploy:${s.region}:${s.accountId}:application:${name}`,
  ),
  // A start is the whole deployment: an alias leads to its new version at once.
  'AWS::CodeDeploy::DeploymentGroup': anonymous,
  'AWS::IAM::ManagedPolicy': arnNamed(
    (r, s) => `arn:aws:iam::${s.accountId}:policy/${nameOf(r, s, 'ManagedPolicyName', 128)}`,
  ),
  'AWS::IAM::Policy': anonymous,
  'AWS::IAM::RolePolicy': anonymous,
  'AWS::IAM::Role': {
    identify(resource, stack) {
      const name = nameOf(resource, stack, 'RoleName', 64);
      const arn = `arn:aws:iam::${stack.accountId}:role/${name}`;
      return {
        ref: name,
        attributes: { Arn: arn, RoleId: `AROA${name.toUpperCase().replace(/\W/g, '').slice(0, 17)}` },
      };
    },
  },
  'AWS::KMS::Key': {
    identify(resource, stack) {
      const id = `${stack.stackName}-${resource.logicalId}`;
      return { ref: id, attributes: { Arn: `arn:aws:kms:${stack.region}:${stack.accountId}:key/${id}`, KeyId: id } };
    },
  },
  'AWS::KMS::Alias': named('AliasName', (name, s) => `arn:aws:kms:${s.region}:${s.accountId}:${name}`),
  'AWS::Route53::RecordSet': anonymous,
  'AWS::S3::Bucket': {
    identify(resource, stack) {
      const name: string = resource.properties['BucketName'] ?? physicalName(resource, stack, 63).toLowerCase();
      const domain = `${name}.s3.amazonaws.com`;
      const regional = `${name}.s3.${stack.region}.amazonaws.com`;
      const attributes = { Arn: `arn:aws:s3:::${name}`, DomainName: domain, RegionalDomainName: regional };
      return { ref: name, attributes };
    },
  },
  'AWS::S3::BucketPolicy': anonymous,
  'AWS::SSM::Parameter': named(
    'Name',
    (name, s) => `arn:aws:ssm:${s.region}:${s.accountId}:parameter/${name.replace(/^\//, '')}`,
  ),
  'AWS::XRay::Group': anonymous,
  'AWS::XRay::SamplingRule': anonymous,
  'AWS::EventSchemas::Registry': named(
    'RegistryName',
    (name, s) => `arn:aws:schemas:${s.region}:${s.accountId}:registry/${name}`,
  ),
  'AWS::EventSchemas::Schema': named(
    'SchemaName',
    (name, s) => `arn:aws:schemas:${s.region}:${s.accountId}:schema/${name}`,
  ),
  'AWS::ServiceCatalogAppRegistry::Application': anonymous,
  'AWS::WAFv2::WebACLAssociation': anonymous,
};
