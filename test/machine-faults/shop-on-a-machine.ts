import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { demoPasswordOf } from '../../cli/demo-users.ts';
import { DEFAULT_STACK_NAME, Deployment } from '../../cli/deployment.ts';
import { ShopClient } from '../../cli/shop-client.ts';
import { PROJECT_FOLDER } from '../../cli/synthesize.ts';
import { PRODUCT } from '../testing/bad-requests.ts';
import { killTree } from '../torture/process-tree.ts';

export interface ShopPlace {
  readonly assemblyFolder: string;
  readonly dataFolder: string;
  /** The AWS endpoint's; the next three are taken as well. */
  readonly port: number;
}

/** How long a process may take to serve, or to notice that it cannot. */
const PATIENCE_MS = 60_000;

/** One life of the shop as `npm start` runs it, with all that it says. */
export class ShopOnAMachine {
  readonly #child: ChildProcess;
  readonly #place: ShopPlace;
  readonly #said: string[] = [];
  readonly #exited: Promise<unknown>;
  readonly #serving: Promise<boolean>;
  #admin: ShopClient | undefined;

  constructor(place: ShopPlace) {
    this.#place = place;
    const { assemblyFolder, dataFolder, port } = place;
    const flags = ['--no-samples', `--port=${port}`, `--data=${dataFolder}`, `--assembly=${assemblyFolder}`];
    this.#child = spawn(process.execPath, [path.join(PROJECT_FOLDER, 'cli/start.ts'), ...flags], {
      cwd: PROJECT_FOLDER,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    this.#exited = once(this.#child, 'close'); // its last words come after its exit
    createInterface({ input: this.#child.stderr! }).on('line', (line) => this.#said.push(line));
    const ready = new Promise<boolean>((resolve) => {
      createInterface({ input: this.#child.stdout! }).on('line', (line) => {
        if (/ready \(/.test(line)) resolve(true);
      });
    });
    this.#serving = Promise.race([ready, this.#exited.then(() => false)]);
  }

  /** What it told the person at the terminal about trouble, line by line. */
  get said(): readonly string[] {
    return this.#said.filter((line) => line.trim() !== '');
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null;
  }

  /** False when it ended instead. */
  serves(): Promise<boolean> {
    return within(this.#serving, 'it neither served nor ended');
  }

  /** The status with which the shop answers to whoever puts a product on sale. */
  async putOnSale(sku: string): Promise<number> {
    const admin = await this.#signedIn();
    const { status } = await admin.send({ method: 'POST', path: '/products', body: { ...PRODUCT, sku } });
    return status;
  }

  async isOnSale(sku: string): Promise<boolean> {
    const admin = await this.#signedIn();
    return (await admin.send({ method: 'GET', path: `/products/${sku}` })).status === 200;
  }

  /** As a power cut. */
  async kill(): Promise<void> {
    if (!this.hasEnded) killTree(this.#child.pid ?? 0);
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) await this.kill();
  }

  async #signedIn(): Promise<ShopClient> {
    const endpointUrl = `http://localhost:${this.#place.port}`;
    this.#admin ??= await ShopClient.signedIn(
      await Deployment.find({ stackName: DEFAULT_STACK_NAME, endpointUrl }),
      'admin',
      demoPasswordOf('admin'),
    );
    return this.#admin;
  }
}

async function within<Result>(event: Promise<Result>, otherwise: string): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${otherwise} within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  try {
    return await Promise.race([event, promise]);
  } finally {
    clearTimeout(timer);
  }
}
