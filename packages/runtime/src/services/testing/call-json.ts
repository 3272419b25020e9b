// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of many shapes, each looked at by its test
export type JsonAnswer = any;

/**
 * A call of a service that speaks AWS's JSON protocol, as a client sends it.
 * @param target with the service's name before it, such as `AWSCognitoIdentityProviderService.InitiateAuth`.
 */
export async function callJson(
  url: string,
  target: string,
  input: object,
): Promise<{ status: number; body: JsonAnswer }> {
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) });
  return { status: response.status, body: await response.json() };
}
