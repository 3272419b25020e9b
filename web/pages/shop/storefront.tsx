import { moneyText } from '../../../events/money.ts';
import { useData, type Data } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { Empty, ProblemNote, Shown } from '../../ui/notes.tsx';
import { Badge } from '../../ui/order-status.tsx';
import { Paged } from '../../ui/paged.tsx';
import { useAction } from '../../ui/use-action.ts';
import { BasketPanel } from './basket-panel.tsx';
import { getBasket, listProducts, setQuantity, type Basket, type Product } from './shop-api.ts';
import { ProductPicture } from './product-picture.tsx';

/** Products, and the basket beside them. */
export function Storefront() {
  const basket = useData('basket', getBasket);
  return (
    <div class="storefront">
      <section aria-label="Products">
        <Products basket={basket} />
      </section>
      <BasketPanel basket={basket} />
    </div>
  );
}

function Products({ basket }: { readonly basket: Data<Basket> }) {
  const first = useData('products', () => listProducts());
  return (
    <Shown data={first} what="products">
      {(page) => (
        <Paged first={page} load={listProducts} idOf={({ sku }) => sku} more="Show more products">
          {(products) =>
            products.length === 0 ? (
              <Empty>Nothing is for sale yet. An admin puts products on sale in Stock.</Empty>
            ) : (
              <ul class="tiles products">
                {products.map((product) => (
                  <li key={product.sku}>
                    <ProductCard product={product} basket={basket} />
                  </li>
                ))}
              </ul>
            )
          }
        </Paged>
      )}
    </Shown>
  );
}

function ProductCard({ product, basket }: { readonly product: Product; readonly basket: Data<Basket> }) {
  const { sku, name, description, priceMinor, currency, isAvailable = true } = product;
  const inBasket = basket.value?.lines.find((line) => line.sku === sku)?.quantity ?? 0;
  const add = useAction(async () => {
    await setQuantity(sku, inBasket + 1, basket.value?.version ?? 0);
    announce(`${name} is in the basket`);
    basket.refresh();
  });
  return (
    <article class="product" aria-label={name}>
      <ProductPicture product={product} />
      <h2>{name}</h2>
      <p class="quiet">{description}</p>
      <p class="offer">
        <span class="price">{moneyText(priceMinor, currency)}</span>
        <Badge icon={isAvailable ? 'done' : 'failed'} tone={isAvailable ? 'good' : 'plain'}>
          {isAvailable ? 'In stock' : 'Sold out'}
        </Badge>
      </p>
      <button type="button" data-row disabled={add.isRunning || basket.value === undefined} onClick={add.run}>
        <span>
          Add to basket <span class="only-heard">{name}</span>
        </span>
        {inBasket > 0 && (
          <span class="count">
            {inBasket}
            <span class="only-heard"> in it</span>
          </span>
        )}
      </button>
      {add.problem && <ProblemNote problem={add.problem} onRetry={basket.refresh} />}
    </article>
  );
}
