import type { ComponentChildren } from 'preact';
import { place } from '../platform/router.ts';
import { config, signIn, type Role } from '../platform/session.ts';
import type { Problem } from '../platform/problem.ts';
import { Icon } from './icon.tsx';

/** What went wrong and what to do about it. */
export function ProblemNote({
  problem,
  onRetry,
}: {
  readonly problem: Problem;
  readonly onRetry?: (() => void) | undefined;
}) {
  const mustSignIn = problem.status === 401 && config.value?.signIn.kind !== 'users';
  return (
    <div class="note bad" role="alert">
      <Icon name="alert" />
      <div>
        <strong>{problem.message}.</strong> {problem.detail !== undefined && `${problem.detail}. `.replace('..', '.')}
        {problem.advice}
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map(({ field, message }) => (
              <li key={field}>
                <code>{field.replace(/^body\./, '')}</code>: {message}
              </li>
            ))}
          </ul>
        )}
        {problem.requestId !== undefined && (
          <p class="quiet">
            Request <code>{problem.requestId}</code>
          </p>
        )}
        {mustSignIn && (
          <button type="button" onClick={() => void signIn(roleHere())}>
            Sign in
          </button>
        )}
        {onRetry && !mustSignIn && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

/** In the shop people buy; every other page that needs a name is an operator's. */
function roleHere(): Role {
  return place.value.path[0] === 'shop' ? 'customer' : 'operator';
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="loading quiet" role="status">
      Loading {what} …
    </p>
  );
}

/** An empty list says what would fill it. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** What is shown of a value that is being read: the value, what went wrong, or that it is on its way. */
export function Shown<Value>({ data, what, children }: ShownProps<Value>) {
  const { value, problem, refresh } = data;
  return (
    <>
      {problem && <ProblemNote problem={problem} onRetry={refresh} />}
      {value === undefined ? problem === undefined && <Loading what={what} /> : children(value)}
    </>
  );
}

interface ShownProps<Value> {
  readonly data: {
    readonly value: Value | undefined;
    readonly problem: Problem | undefined;
    readonly refresh: () => void;
  };
  readonly what: string;
  readonly children: (value: Value) => ComponentChildren;
}
