import type { JsonObject, RestRequest, RestResponse } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { integerInQuery, pageOf } from '../../shared/aws-input.ts';
import { jsonResponse, route, type RestRoute } from '../../shared/rest-routes.ts';
import { functionConfiguration } from '../function-configuration.ts';
import { LATEST } from '../function-settings.ts';
import type { LambdaService } from '../lambda-service.ts';
import type { FunctionAlias } from './function-versions.ts';

const INVALID = 'InvalidParameterValueException';
/** API reference, ListVersionsByFunction and ListAliases: more may be asked for than a page holds. */
const MAX_ITEMS = 10_000;
const PAGE_ITEMS = 50;

/** The calls that list a function's versions and aliases, and delete a version. */
export function versionRoutes(service: LambdaService): RestRoute[] {
  return [
    route('GET', '/2015-03-31/functions/{name}/versions', (request, { name }) => listVersions(service, request, name)),
    route('GET', '/2015-03-31/functions/{name}/aliases', (request, { name }) => listAliases(service, request, name)),
    route('GET', '/2015-03-31/functions/{name}/aliases/{alias}', (_, { name, alias: aliasName }) => {
      const { functionName, functionArn } = service.runner(name).settings;
      const alias = service.versions.aliases(functionName).find((each) => each.name === aliasName);
      if (alias) return jsonResponse(described(alias, functionArn));
      throw new AwsError('ResourceNotFoundException', `Cannot find alias arn: ${functionArn}:${aliasName}`, 404);
    }),
    route('DELETE', '/2015-03-31/functions/{name}', (request, { name }) => deleteVersion(service, request, name)),
  ];
}

/** `$LATEST`, and then what was published, the oldest first. */
function listVersions(service: LambdaService, { query }: RestRequest, name: string): RestResponse {
  const { settings } = service.runner(name);
  const published = service.versions.all(settings.functionName).map((version) => ({
    settings: version.settings,
    version: String(version.number),
    qualifier: String(version.number),
  }));
  const all = [{ settings, version: LATEST, qualifier: LATEST }, ...published];
  return page(query, 'Versions', all.map(functionConfiguration));
}

function listAliases(service: LambdaService, { query }: RestRequest, name: string): RestResponse {
  const { functionName, functionArn } = service.runner(name).settings;
  const wanted = query.get('FunctionVersion');
  const aliases = service.versions
    .aliases(functionName)
    .filter(({ version, other }) => wanted === null || version === wanted || other?.version === wanted);
  return page(
    query,
    'Aliases',
    aliases.map((alias) => described(alias, functionArn)),
  );
}

function described({ name, version, description = '', other }: FunctionAlias, functionArn: string): JsonObject {
  return {
    AliasArn: `${functionArn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
    ...(other && { RoutingConfig: { AdditionalVersionWeights: { [other.version]: other.weight } } }),
  };
}

/** @throws AwsError InvalidParameterValueException, ResourceConflictException, ResourceNotFoundException. */
async function deleteVersion(service: LambdaService, { query }: RestRequest, name: string): Promise<RestResponse> {
  const { functionName } = service.runner(name).settings;
  const qualifier = query.get('Qualifier');
  if (qualifier === null) {
    throw new AwsError(INVALID, 'A function goes with the template here: give the Qualifier of a version.');
  }
  if (qualifier === LATEST) {
    throw new AwsError(INVALID, `${LATEST} version cannot be deleted without deleting the function.`);
  }
  if (!/^\d+$/u.test(qualifier)) {
    throw new AwsError(INVALID, `Expected the number of a version, and got the Qualifier ${qualifier}.`);
  }
  await service.deleteVersion(functionName, Number(qualifier));
  return { statusCode: 204 };
}

function page(query: URLSearchParams, name: string, all: readonly JsonObject[]): RestResponse {
  const asked = integerInQuery(query, 'MaxItems', { min: 1, max: MAX_ITEMS, fallback: PAGE_ITEMS }, INVALID);
  const { items, nextToken } = pageOf([...all], Math.min(asked, PAGE_ITEMS), query.get('Marker') ?? undefined, INVALID);
  return jsonResponse({ [name]: items, ...(nextToken !== undefined && { NextMarker: nextToken }) });
}
