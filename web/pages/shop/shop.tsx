import { addressOf } from '../../platform/router.ts';
import { become, config, customer } from '../../platform/session.ts';
import { ProblemNote } from '../../ui/notes.tsx';
import { MyOrder } from './my-order.tsx';
import { MyOrders } from './my-orders.tsx';
import { Storefront } from './storefront.tsx';
import { Problem } from '../../platform/problem.ts';

/** What a customer sees. */
export function Shop({ path }: { readonly path: readonly string[] }) {
  const [section, orderId] = path;
  const who = customer.value;
  return (
    <>
      <div class="page-head">
        <h1>{section === 'orders' ? (orderId === undefined ? 'My orders' : 'My order') : 'Shop'}</h1>
        <nav class="tabs" aria-label="Shop">
          <a href={addressOf(['shop'])} aria-current={section === undefined ? 'page' : undefined}>
            Products
          </a>
          <a href={addressOf(['shop', 'orders'])} aria-current={section === 'orders' ? 'page' : undefined}>
            My orders
          </a>
        </nav>
        <Buyer />
      </div>
      {who === undefined && <ProblemNote problem={new Problem(401, { title: 'Sign in to buy' })} />}
      {who !== undefined && <Section key={who.username} section={section} orderId={orderId} />}
    </>
  );
}

function Section({ section, orderId }: { readonly section: string | undefined; readonly orderId: string | undefined }) {
  if (section !== 'orders') return <Storefront />;
  return orderId === undefined ? <MyOrders /> : <MyOrder orderId={orderId} />;
}

/** Where users are known, the page lets one be any of them. */
function Buyer() {
  const signIn = config.value?.signIn;
  const change = (username: string): void => {
    const user = signIn?.kind === 'users' && signIn.users.find((each) => each.username === username);
    if (user) become('customer', user);
  };
  if (signIn?.kind !== 'users') return null;
  return (
    <label class="who">
      <span>Customer</span>
      <select value={customer.value?.username ?? ''} onChange={(event) => change(event.currentTarget.value)}>
        {signIn.users
          .filter(({ groups }) => groups.length === 0)
          .map(({ username }) => (
            <option key={username} value={username}>
              {username}
            </option>
          ))}
      </select>
    </label>
  );
}
