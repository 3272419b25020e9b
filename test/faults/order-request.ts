/** A request to the order service as the HTTP API hands it on: `sub` is signed in; the one called `operator` is an admin. */
export function orderRequest(routeKey: string, orderId: string, sub: string, body?: unknown): object {
  const [method = '', template = ''] = routeKey.split(' ');
  const path = template.replace('{orderId}', orderId);
  const groups = sub === 'operator' ? { 'cognito:groups': '[admin]' } : {};
  const claims = { sub, token_use: 'access', client_id: 'client', iss: 'https://idp.test', ...groups };
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'api.example.com', 'content-type': 'application/json' },
    pathParameters: { orderId },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      domainName: 'api.example.com',
      http: { method, path },
      authorizer: { jwt: { claims } },
    },
  };
}
