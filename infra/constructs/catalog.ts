import { Construct } from 'constructs';
import type { CursorSecret } from './cursor-secret.ts';
import { ORDER_STEP } from './function-sizes.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

/** The products: shown to everybody, changed by admins. */
export class Catalog extends Construct {
  readonly serve: ShopFunction;

  constructor(
    scope: Construct,
    id: string,
    { platform, tables, cursorSecret }: { platform: Platform; tables: ShopTables; cursorSecret: CursorSecret },
  ) {
    super(scope, id);
    const { products, outbox, stock } = tables;
    this.serve = new ShopFunction(this, 'ServeCatalog', {
      ...ORDER_STEP,
      platform,
      service: 'catalog',
      entry: 'serve-catalog',
      description: 'Lists, shows and changes products',
      environment: {
        PRODUCTS_TABLE: products.name,
        OUTBOX_TABLE: outbox.name,
        STOCK_TABLE: stock.name,
        CURSOR_SECRET_ID: cursorSecret.arn,
      },
    });
    products.grant(this.serve, 'GetItem', 'PutItem', 'UpdateItem');
    products.grantIndexQuery(this.serve, 'CategoryIndex');
    products.grantIndexScan(this.serve, 'CategoryIndex');
    outbox.grant(this.serve, 'PutItem');
    stock.grant(this.serve, 'BatchGetItem');
    cursorSecret.grantRead(this.serve);
  }
}
