import { Construct } from 'constructs';
import type { CursorSecret } from './cursor-secret.ts';
import { ORDER_STEP } from './function-sizes.ts';
import type { Platform } from './platform.ts';
import { ShopFunction } from './shop-function.ts';
import type { ShopTables } from './shop-tables.ts';

export interface InventoryProps {
  readonly platform: Platform;
  readonly tables: ShopTables;
  readonly cursorSecret: CursorSecret;
}

/** Holds stock for orders and gives it back; lets the warehouse see, set and adjust it. */
export class Inventory extends Construct {
  readonly reserve: ShopFunction;
  readonly release: ShopFunction;
  readonly serve: ShopFunction;

  constructor(scope: Construct, id: string, { platform, tables, cursorSecret }: InventoryProps) {
    super(scope, id);
    const { stock, reservations, idempotency, stockChanges } = tables;
    const environment = { STOCK_TABLE: stock.name, RESERVATIONS_TABLE: reservations.name };
    const common = { platform, service: 'inventory', environment, ...ORDER_STEP };
    this.reserve = new ShopFunction(this, 'ReserveInventory', {
      ...common,
      entry: 'reserve-inventory',
      description: 'Holds all lines of an order, or none',
    });
    this.release = new ShopFunction(this, 'ReleaseInventory', {
      ...common,
      entry: 'release-inventory',
      description: 'Gives held stock back, or leaves a tombstone',
    });
    this.serve = new ShopFunction(this, 'ServeInventory', {
      ...common,
      entry: 'serve-inventory',
      description: 'Shows, sets and adjusts the stock of products',
      environment: {
        STOCK_TABLE: stock.name,
        STOCK_CHANGES_TABLE: stockChanges.name,
        IDEMPOTENCY_TABLE: idempotency.name,
        CURSOR_SECRET_ID: cursorSecret.arn,
      },
    });
    cursorSecret.grantRead(this.serve);
    stock.grant(this.serve, 'GetItem', 'BatchGetItem', 'PutItem', 'Scan', 'UpdateItem');
    stockChanges.grant(this.serve, 'PutItem', 'Query');
    idempotency.grant(this.serve, 'GetItem', 'PutItem');
    // A product's shards are read at one instant before it is out of stock.
    stock.grant(this.reserve, 'GetItem', 'UpdateItem');
    reservations.grant(this.reserve, 'PutItem');
    stock.grant(this.release, 'UpdateItem');
    reservations.grant(this.release, 'PutItem', 'UpdateItem');
  }
}
