/**
 * The secret that cursors are sealed with. Its client is loaded with the first cursor: a page that has no next one
 * needs neither.
 * @param secretId name or ARN in Secrets Manager.
 */
export function cursorSecret(secretId: string): () => Promise<string> {
  return async () => {
    const { getSecret } = await import('@aws-lambda-powertools/parameters/secrets');
    const secret = await getSecret(secretId, { maxAge: 3600 });
    if (typeof secret !== 'string') throw new Error('The cursor secret has no text: the stack creates it with one');
    return secret;
  };
}
