import type { StackIdentity } from '../../assembly/resource-type.ts';
import type { AwsRestApi, RestResponse } from '../../endpoint/aws-api.ts';

/** GetCallerIdentity, in the query protocol: the call that CLIs and deploy tools make to see who they are. */
export function stsApi(stack: Pick<StackIdentity, 'accountId'>): AwsRestApi {
  return {
    route(request) {
      if (request.path !== '/' || request.method !== 'POST') return undefined;
      if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
      const action = new URLSearchParams(request.body.toString()).get('Action');
      if (action !== 'GetCallerIdentity') return undefined;
      return Promise.resolve(callerIdentity(stack.accountId, request.call.requestId));
    },
  };
}

function callerIdentity(accountId: string, requestId: string): RestResponse {
  const result = `<Arn>arn:aws:iam::${accountId}:root</Arn><UserId>${accountId}</UserId><Account>${accountId}</Account>`;
  const body =
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
    `<GetCallerIdentityResult>${result}</GetCallerIdentityResult>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
  return { statusCode: 200, headers: { 'content-type': 'text/xml' }, body };
}
