import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Deployment } from './deployment.ts';
import { nameOfIdentity, operatorOf } from './operator.ts';

const ROLE = 'arn:aws:sts::111122223333:assumed-role';

test.each([
  ['arn:aws:iam::111122223333:root', 'iam:root'],
  ['arn:aws:iam::111122223333:user/alice', 'iam:alice'],
  ['arn:aws:iam::111122223333:user/warehouse/night/bob', 'iam:bob'],
  [`${ROLE}/Operator/alice`, 'iam:Operator:alice'],
  [`${ROLE}/AWSReservedSSO_Operator_1a2b/alice@shop.de`, 'iam:AWSReservedSSO_Operator_1a2b:alice@shop.de'],
  [`${ROLE}/Operator/a+b=c,d`, 'iam:Operator:a-b-c-d'],
  ['arn:aws-cn:iam::111122223333:user/alice', 'iam:alice'],
  ['arn:aws:sts::111122223333:federated-user/carol', 'iam:carol'],
])('%s is recorded as %s', (arn, name) => {
  expect(nameOfIdentity(arn)).toBe(name);
});

test('the longest names of IAM fit: the session stays, the role gives way', () => {
  const name = nameOfIdentity(`${ROLE}/${'R'.repeat(64)}/${'s'.repeat(64)}`);
  expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/);
  expect(name.endsWith(`:${'s'.repeat(64)}`)).toBe(true);
});

test.each(['', 'alice', 'arn:aws:s3:::alice', 'arn:aws:iam::1:user/alice'])('%j is nobody', (arn) => {
  expect(() => nameOfIdentity(arn)).toThrow('no known form');
});

afterEach(() => vi.unstubAllEnvs());

const deploymentAt = (endpointUrl: string | undefined) => new Deployment({ stackName: 'shop', endpointUrl }, new Map());

test('on AWS it is whom STS names, and nobody can say otherwise', async () => {
  const Arn = `${ROLE}/Operator/alice`;
  const sts = createServer((_request, response) => {
    const answer = `<Arn>${Arn}</Arn><UserId>A:alice</UserId><Account>111122223333</Account>`;
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<GetCallerIdentityResponse><GetCallerIdentityResult>${answer}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => sts.once('listening', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${(sts.address() as AddressInfo).port}`);
  const deployment = deploymentAt(undefined);
  expect(await operatorOf(deployment)).toBe('iam:Operator:alice');
  await expect(operatorOf(deployment, 'bob')).rejects.toThrow('leave --actor out');
  deployment.close();
  sts.closeAllConnections();
  sts.close();
});

test('on this machine it is who somebody says that they are', async () => {
  const deployment = deploymentAt('http://127.0.0.1:1');
  expect(await operatorOf(deployment, 'carol')).toBe('carol');
  expect(await operatorOf(deployment)).toMatch(/^[A-Za-z0-9._-]+$/);
  deployment.close();
});
