import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { StartError } from '../../runtime/start-error.ts';
import { dynoxideBinary } from './dynoxide-binary.ts';
import { hiddenAddress, type HiddenAddress } from './hidden-address.ts';
import { endOrphan, forgetOwner, recordOwner } from './orphan.ts';

/** A server that dies this often in a row before it listens will not come up. */
const MAX_FAILED_STARTS = 3;
/** Characters of the server's output that are read for its process id and its readiness. */
const MAX_OUTPUT = 4096;

/**
 * The DynamoDB server, dynoxide, as a child process on one database file.
 *
 * P1  One server per file: an orphan of a killed runtime is ended before a new one starts.
 * P2  A crash is answered by a new server on the same address, so clients only need to retry.
 * P3  When the runtime dies, however it dies, the server ends too.
 * P4  It answers whoever reaches it, web pages too, so it listens where no page can find it (hidden-address.ts).
 */
export class DynoxideProcess {
  readonly #databaseFile: string;
  readonly #onLost: (error: unknown) => void;
  readonly #findAddress: () => Promise<HiddenAddress>;
  #address: HiddenAddress = { host: '127.0.0.1', port: 0 };
  #child: ChildProcess | undefined;
  #hasClients = false;
  #stopping = false;
  #restart: Promise<void> | undefined;

  /**
   * @param onLost told when the server crashed and cannot be brought back.
   * @param findAddress asked again when somebody else takes the address before the server has it.
   */
  constructor(databaseFile: string, onLost: (error: unknown) => void, findAddress = hiddenAddress) {
    this.#databaseFile = databaseFile;
    this.#onLost = onLost;
    this.#findAddress = findAddress;
  }

  get url(): string {
    return `http://${this.#address.host}:${this.#address.port}`;
  }

  /** Resolves when the server accepts requests. @throws StartError when there is no binary or it will not start. */
  async start(): Promise<void> {
    const binary = dynoxideBinary();
    await endOrphan(this.#databaseFile);
    this.#address = await this.#findAddress();
    await this.#launch(binary);
  }

  /** Ends the server and waits for it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#restart;
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      if (isGuarded) child.stdin?.end();
      else child.kill();
      await once(child, 'exit');
    }
    forgetOwner(this.#databaseFile);
  }

  async #launch(binary: string): Promise<void> {
    let lastWords = '';
    for (let attempt = 1; attempt <= MAX_FAILED_STARTS; attempt += 1) {
      const { host, port } = this.#address;
      const place = ['--host', host, '--port', String(port), '--db-path', this.#databaseFile];
      const child = spawnGuarded(binary, ['serve', ...place]);
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (lastWords = text.trim() || lastWords));
      const pid = await untilListening(child);
      if (pid !== undefined) {
        this.#hasClients = true;
        recordOwner(this.#databaseFile, pid);
        this.#watch(child, binary);
        return;
      }
      if (!this.#hasClients && /\b(address|port)\b.* in use/i.test(lastWords))
        this.#address = await this.#findAddress();
    }
    const fault = /sqlite|database|malformed/i.test(lastWords) ? 'DATABASE_DAMAGED' : 'STORE_FAILED';
    const message = `DynamoDB cannot work on ${this.#databaseFile}: ${lastLine(lastWords)} (start with --fresh to begin anew).`;
    throw new StartError(fault, message);
  }

  #watch(child: ChildProcess, binary: string): void {
    this.#child = child;
    child.once('exit', () => {
      child.stdin?.destroy();
      if (!this.#stopping) this.#restart = this.#launch(binary).catch(this.#onLost);
    });
  }
}

/**
 * A shell stands between us and the server: its standard input is a pipe from us, and when that ends (we closed it,
 * or we were killed) it ends the server. It prints the server's process id first, and the files are ours alone.
 */
const GUARD = `umask 077
exec 3<&0
"$0" "$@" </dev/null 3<&- & server=$!
echo "pid $server"
{ read -r _ <&3; kill -TERM $server 2>/dev/null; } >/dev/null 2>&1 &
exec 3<&-
wait $server`;

/** Windows has no such shell: there P3 holds for an orderly stop only, and P1 mends the rest. */
const isGuarded = process.platform !== 'win32';

function spawnGuarded(binary: string, parameters: string[]): ChildProcess {
  // Ctrl-C goes to the whole process group; the server must outlive it until its clients are stopped in order.
  const options = { stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'], detached: true, windowsHide: true };
  if (!isGuarded) return spawn(binary, parameters, options);
  return spawn('/bin/sh', ['-c', GUARD, binary, ...parameters], options);
}

/** The server's process id once it listens; undefined when it ended before. */
function untilListening(child: ChildProcess): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  let output = '';
  const read = (text: string): void => {
    if (output.length < MAX_OUTPUT) output += text;
    if (output.includes('listening on')) resolve(Number(/pid (\d+)/.exec(output)?.[1] ?? child.pid));
  };
  child.stdout?.setEncoding('utf8').on('data', read);
  child.stderr?.setEncoding('utf8').on('data', read);
  child.once('error', () => resolve(undefined));
  child.once('exit', () => resolve(undefined));
  return promise;
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? '';
}
