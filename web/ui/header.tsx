import { pages } from '../pages/page-list.ts';
import { isHelpOpen, toggleLarge } from '../platform/keyboard.ts';
import { addressOf } from '../platform/router.ts';
import { become, config, customer, isAdmin, operator, signIn, signOut, type Role } from '../platform/session.ts';

export function Header({ current }: { readonly current: string }) {
  const shown = pages.filter(
    ({ needs }) =>
      needs === undefined || (needs !== 'link' && isAdmin.value && (needs === 'admin' || config.value?.machine)),
  );
  return (
    <header class="top">
      <a class="brand" href={addressOf([])}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M7 16.5l6 6L25 10" />
        </svg>
        Order workflow
      </a>
      <nav aria-label="Pages">
        <ul>
          {shown.map(({ name, title }) => (
            <li key={name}>
              <a href={addressOf(name === 'start' ? [] : [name])} aria-current={name === current ? 'page' : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="tools">
        <SignedIn />
        <button
          type="button"
          class="quiet-button"
          aria-label="Large letters"
          title="Large letters (l)"
          onClick={toggleLarge}
        >
          A<span class="big">A</span>
        </button>
        <button
          type="button"
          class="quiet-button"
          aria-label="Keys"
          title="Keys (?)"
          onClick={() => (isHelpOpen.value = true)}
        >
          ?
        </button>
      </div>
    </header>
  );
}

/** Who runs the shop. Who buys in it is chosen in the shop, where people are known; elsewhere they sign in here too. */
function SignedIn() {
  const signInConfig = config.value?.signIn;
  const change = (username: string): void => {
    const user = signInConfig?.kind === 'users' && signInConfig.users.find((each) => each.username === username);
    if (user) become('operator', user);
  };
  if (signInConfig?.kind === 'password') return <SignInButton role="customer" title="Sign in" />;
  if (signInConfig?.kind === 'pkce') {
    return (
      <>
        {signInConfig.operators && <SignInButton role="operator" title="Operators" />}
        <SignInButton role="customer" title="Sign in" />
      </>
    );
  }
  return (
    <label class="who">
      <span>You are</span>
      <select
        aria-label="You are"
        value={operator.value?.username ?? ''}
        onChange={(event) => change(event.currentTarget.value)}
      >
        {signInConfig?.users.map(({ username }) => (
          <option key={username} value={username}>
            {username}
          </option>
        ))}
      </select>
    </label>
  );
}

function SignInButton({ role, title }: { readonly role: Role; readonly title: string }) {
  const session = role === 'operator' ? operator.value : customer.value;
  if (session === undefined) {
    return (
      <button type="button" onClick={() => void signIn(role)}>
        {title}
      </button>
    );
  }
  return (
    <button type="button" class="quiet-button" onClick={() => signOut(role)}>
      Sign {session.username} out
    </button>
  );
}
