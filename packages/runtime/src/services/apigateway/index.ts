import { StartError } from '../../runtime/start-error.ts';
import { DiskSpace } from '../../store/disk-space.ts';
import type { Service, ServiceContext } from '../service.ts';
import type { FunctionInvoker } from '../shared/ports/functions.ts';
import type { LogSink } from '../shared/ports/logs.ts';
import type { MetricSink } from '../shared/ports/metrics.ts';
import { apiGatewayApi } from './apigateway-api.ts';
import { ApiGatewayService } from './apigateway-service.ts';
import { apiGatewayResourceTypes } from './resource-types.ts';

export interface ApiGatewaySettings {
  /** Port of the first HTTP API, the next ones follow; 0 takes free ones. */
  readonly httpApiPort: number;
}

interface ApiGatewayContext extends ServiceContext, ApiGatewaySettings {
  readonly cloudWatch: MetricSink;
  readonly logs: LogSink;
  readonly lambda: FunctionInvoker;
  readonly cognito: { addressOf(issuer: string): string };
}

/** Amazon API Gateway: HTTP APIs, each on a port of its own. @throws StartError when a port is taken. */
export async function apiGateway(context: ApiGatewayContext): Promise<ApiGatewayService & Service> {
  const resources = Object.entries(context.assembly.template.Resources ?? {});
  const apis = resources.filter(([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api').map(([logicalId]) => logicalId);
  const disk = new DiskSpace(context.data.path, context.onFault);
  const options = {
    ...context,
    functions: context.lambda,
    metrics: context.cloudWatch,
    port: context.httpApiPort,
    hasRoom: () => disk.hasRoom(),
    issuerAddressOf: (issuer: string) => context.cognito.addressOf(issuer),
  };
  const service = await ApiGatewayService.open(options, apis).catch(refusePort);
  return Object.assign(service, {
    apis: { rest: [apiGatewayApi(service)] },
    resourceTypes: apiGatewayResourceTypes(service),
  });
}

function refusePort(cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'EADDRINUSE') throw cause;
  const message = 'A port of the HTTP APIs is in use; stop what uses it, or give another one with --http-api-port.';
  throw new StartError('PORT_IN_USE', message, { cause });
}
