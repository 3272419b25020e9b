#!/usr/bin/env node
// Runs any synthesized CDK app on this machine: npx embedded-aws --assembly cdk.out --data .data --port 4566
import { parseArgs } from 'node:util';
import { runProgram } from './runtime/run-program.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from './runtime/runtime.ts';

const USAGE = `Runs a synthesized AWS CDK app on this machine.

  embedded-aws [options]

  --assembly DIR      output of cdk synth (default cdk.out)
  --stack NAME        needed when the assembly holds several stacks
  --data DIR          where everything durable is kept (default .data)
  --fresh             delete what --data holds, and begin anew
  --port N            AWS endpoint (default 4566, 0: a free one)
  --http-api-port N   first HTTP API; the next ones follow (default: free ones)
  --parameter K=V     value of a template parameter (repeatable)
  --secret NAME=TEXT  value of a secret, by name or logical id (repeatable)
  --help
`;

/** What a person wants to find; permissions, alarms and parts of other resources only make the list long. */
const SHOWN_TYPES = /::(Table|GlobalTable|Queue|EventBus|Function|StateMachine|Api|UserPool|Secret|Schedule)$/;

process.exitCode = await runProgram({
  usage: USAGE,
  readOptions,
  start: async (options) => {
    const runtime = await startRuntime(options);
    printWhereThingsAre(runtime);
    return () => runtime.stop();
  },
});

function readOptions(): RuntimeOptions | undefined {
  const { values } = parseArgs({
    options: {
      assembly: { type: 'string', default: 'cdk.out' },
      stack: { type: 'string' },
      data: { type: 'string', default: '.data' },
      fresh: { type: 'boolean', default: false },
      port: { type: 'string', default: '4566' },
      'http-api-port': { type: 'string', default: '0' },
      parameter: { type: 'string', multiple: true, default: [] },
      secret: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    assemblyFolder: values.assembly,
    ...(values.stack !== undefined && { stackName: values.stack }),
    dataFolder: values.data,
    fresh: values.fresh,
    port: portOf('--port', values.port),
    httpApiPort: portOf('--http-api-port', values['http-api-port']),
    parameters: pairs(values.parameter),
    secrets: pairs(values.secret),
    onProgress: (stage) => console.log(`${stage} …`),
  };
}

function printWhereThingsAre({ stackName, endpointUrl, resources, outputs }: Runtime): void {
  console.log(`\n${stackName} runs; AWS_ENDPOINT_URL=${endpointUrl}\n`);
  for (const [logicalId, { type, physicalId }] of Object.entries(resources)) {
    if (SHOWN_TYPES.test(type)) console.log(`  ${type.padEnd(36)} ${logicalId}  ${physicalId}`);
  }
  console.log('');
  for (const [name, value] of Object.entries(outputs)) console.log(`  ${name} = ${value}`);
  console.log('\nctrl-C stops it; what is under way goes on at the next start.');
}

function portOf(flag: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw usageError(`${flag}: "${text}" is no port.`);
  return port;
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', ...rest] = text.split('=');
      if (rest.length === 0) throw usageError(`"${text}" must be NAME=VALUE.`);
      return [name, rest.join('=')];
    }),
  );
}

function usageError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_USAGE' });
}
