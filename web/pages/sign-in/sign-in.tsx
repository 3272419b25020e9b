import { useState } from 'preact/hooks';
import { confirmSignUp, resendCode, signUp } from '../../platform/password-sign-in.ts';
import { config, customer, signInAs } from '../../platform/session.ts';
import { announce } from '../../ui/announcer.tsx';
import { ProblemNote } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';

/** An account that was opened and waits for the code of its mail. The password is kept to sign in with it. */
interface Opened {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** Where people have accounts of their own: sign in, or open one and confirm it with the code of a mail. */
export function SignIn() {
  const [opened, setOpened] = useState<Opened>();
  const signInConfig = config.value?.signIn;
  if (signInConfig?.kind !== 'password') return <p>People do not sign in here.</p>;
  const { clientId } = signInConfig;
  if (customer.value) return <p>You are signed in as {customer.value.username}.</p>;
  return (
    <>
      <h1>Sign in</h1>
      {opened ? (
        <CodeForm clientId={clientId} opened={opened} />
      ) : (
        <AccountForm clientId={clientId} onOpened={setOpened} />
      )}
    </>
  );
}

interface AccountFormProps {
  readonly clientId: string;
  readonly onOpened: (opened: Opened) => void;
}

function AccountForm({ clientId, onOpened }: AccountFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useAction(async () => {
    await signInAs(email, password);
    location.hash = '#/shop';
  });
  const open = useAction(async () => {
    onOpened({ username: await signUp(clientId, email, password), email, password });
    announce(`A code is on its way to ${email}.`);
  });
  const problem = enter.problem ?? open.problem;
  const isRunning = enter.isRunning || open.isRunning;
  const submit = (event: Event): void => {
    event.preventDefault();
    open.forget();
    enter.run();
  };
  return (
    <form class="panel" onSubmit={submit}>
      <label class="field">
        <span>E-mail address</span>
        <input
          type="email"
          autocomplete="username"
          required
          value={email}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>Password</span>
        <input
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <p class="quiet">A new one has 12 characters or more: capital and small letters, digits and symbols.</p>
      {problem && <ProblemNote problem={problem} />}
      <button type="submit" class="primary" disabled={isRunning}>
        Sign in
      </button>{' '}
      <button
        type="button"
        disabled={isRunning || email === '' || password === ''}
        onClick={() => {
          enter.forget();
          open.run();
        }}
      >
        Open an account
      </button>
    </form>
  );
}

function CodeForm({ clientId, opened }: { readonly clientId: string; readonly opened: Opened }) {
  const { username, email, password } = opened;
  const [code, setCode] = useState('');
  const confirm = useAction(async () => {
    await confirmSignUp(clientId, username, code.trim());
    await signInAs(email, password);
    location.hash = '#/shop';
  });
  const resend = useAction(async () => {
    await resendCode(clientId, username);
    announce(`Another code is on its way to ${email}.`);
  });
  const problem = confirm.problem ?? resend.problem;
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        resend.forget();
        confirm.run();
      }}
    >
      <p>A code is on its way to {email}.</p>
      <label class="field">
        <span>Code</span>
        <input
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      {problem && <ProblemNote problem={problem} />}
      <button type="submit" class="primary" disabled={confirm.isRunning}>
        Confirm
      </button>{' '}
      <button type="button" disabled={resend.isRunning} onClick={resend.run}>
        Send another code
      </button>
    </form>
  );
}
