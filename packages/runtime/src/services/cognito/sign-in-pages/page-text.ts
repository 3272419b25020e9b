import type { RestResponse } from '../../../endpoint/aws-api.ts';

/** The sign-in form. `action` keeps the whole request. */
export function signInPage(query: URLSearchParams, refusal?: string): RestResponse {
  return page(
    refusal === undefined ? 200 : 400,
    'Sign in',
    `${refusal === undefined ? '' : `<p role="alert">${escaped(refusal)}</p>`}
<form method="post" action="/login?${escaped(query.toString())}">
<p><label>Username <input name="username" autocomplete="username" required></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Sign in</button></p>
</form>`,
  );
}

export interface AskedCode {
  readonly session: string;
  /** Of an app that is being set up. */
  readonly secret?: string;
  readonly refusal?: string;
}

/** Asks for the code of an authenticator app, and shows the secret that one is set up with. */
export function codePage(query: URLSearchParams, { session, secret, refusal }: AskedCode): RestResponse {
  return page(
    refusal === undefined ? 200 : 400,
    secret === undefined ? 'Enter your code' : 'Set up your authenticator app',
    `${refusal === undefined ? '' : `<p role="alert">${escaped(refusal)}</p>`}
${secret === undefined ? '' : `<p>Add this key to your app: <code>${escaped(secret)}</code></p>`}
<form method="post" action="/login?${escaped(query.toString())}">
<input name="session" type="hidden" value="${escaped(session)}">
<p><label>Code <input name="code" inputmode="numeric" autocomplete="one-time-code" required></label></p>
<p><button>Sign in</button></p>
</form>`,
  );
}

export function errorPage(error: string): RestResponse {
  return page(400, 'An error was encountered with the requested page', `<p>${escaped(error)}</p>`);
}

function page(statusCode: number, title: string, content: string): RestResponse {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
</head>
<body><main><h1>${title}</h1>
${content}
</main></body>
</html>
`;
  return { statusCode, headers, body };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
