import { addressOf } from '../../platform/router.ts';

export function Start() {
  return (
    <>
      <h1>Order workflow</h1>
      <p>
        <a href={addressOf(['shop'])}>Place an order</a>
      </p>
    </>
  );
}
