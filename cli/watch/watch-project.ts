import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readAssembly, type Reloaded, type Runtime, type StackAssembly } from '@order-workflow/runtime';
import { buildFaults } from '../../scripts/build-faults.ts';
import { synthesize } from '../synthesize.ts';
import { UserError } from '../user-error.ts';
import { SourceWatch } from './changed-files.ts';
import { editedAssembly, shortName } from './edited-assembly.ts';
import { LiveFunctions } from './live-functions.ts';
import { TypeCheck } from './type-check.ts';

export interface WatchOptions {
  /** Of the project. */
  readonly root: string;
  readonly runtime: Pick<Runtime, 'reload'>;
  /** What runs. */
  readonly assemblyFolder: string;
  readonly onUpdated: (names: readonly string[], tookMs: number) => void;
  /** One line each. The old code runs on. */
  readonly onFaults: (faults: readonly string[]) => void;
  readonly onNeedsRestart: (resources: readonly string[]) => void;
  /** The type errors that were told are gone. */
  readonly onTypesClean: () => void;
}

const DEFINITION_SUFFIX = '.asl.json';

/**
 * Takes up edited sources while the shop runs.
 *
 * W1  An edit of code or of a workflow goes straight to the runtime: the synthesized template stays, with new assets.
 * W2  What may change the template (infra/, an event, a function that is new or gone) is synthesized beside that; its
 *     result is taken up too, or named as what needs a restart.
 * W3  Whatever fails leaves running what runs.
 */
export class ProjectWatch {
  readonly #options: WatchOptions;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'order-workflow-watch-'));
  readonly #functions: LiveFunctions;
  readonly #types: TypeCheck;
  readonly #sources: SourceWatch;
  #assembly: StackAssembly;
  #functionsFolder: string | undefined;
  #typeErrors = 0;
  #synthesisCount = 0;
  /** Edits are taken up one after the other. */
  #work: Promise<void>;
  #synthesis: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    const { root, assemblyFolder } = options;
    this.#options = options;
    this.#assembly = readAssembly(assemblyFolder);
    this.#functions = new LiveFunctions(root, this.#folder);
    this.#types = new TypeCheck({ root, onChecked: (errors) => this.#tellTypes(errors) });
    this.#work = this.#guarded(async () => void (await this.#functions.rebuild()));
    const folders = ['functions', 'events', 'workflows', 'infra'];
    this.#sources = new SourceWatch({ root, folders, onChange: (files) => this.#onChange(files) });
  }

  /** Resolves when the first build is there: edits are quick from then on. */
  async ready(): Promise<void> {
    await Promise.all([this.#work, this.#sources.ready()]);
  }

  async stop(): Promise<void> {
    await this.#sources.stop();
    this.#types.stop();
    await Promise.all([this.#work, this.#synthesis]);
    await this.#functions.stop();
    rmSync(this.#folder, { recursive: true });
  }

  #onChange(files: readonly string[]): void {
    const startedAtMs = performance.now();
    // An older check would only take the processor from what is to be live.
    this.#types.stop();
    this.#work = this.#work.then(async () => {
      await this.#guarded(() => this.#takeUp(files, startedAtMs));
      this.#types.start();
    });
    if (files.some((file) => file.startsWith('infra/') || file.startsWith('events/'))) this.#synthesizeBeside();
  }

  async #takeUp(files: readonly string[], startedAtMs: number): Promise<void> {
    const sources = files.filter((file) => file.endsWith('.ts'));
    const entries = this.#functions.entries;
    // Side by side: each has a process of its own.
    await Promise.all([
      sources.some((file) => file.startsWith('workflows/')) && this.#writeDefinitions(),
      sources.some((file) => !file.startsWith('infra/')) && this.#rebuildFunctions(),
    ]);
    if (this.#functions.entries !== entries) this.#synthesizeBeside();
    await this.#reload(this.#assembly, startedAtMs);
  }

  async #rebuildFunctions(): Promise<void> {
    this.#functionsFolder = (await this.#functions.rebuild()) ?? this.#functionsFolder;
  }

  async #reload(assembly: StackAssembly, startedAtMs: number): Promise<Reloaded> {
    const definitionsFolder = path.join(this.#options.root, 'workflows');
    const workflows = readdirSync(definitionsFolder)
      .filter((file) => file.endsWith(DEFINITION_SUFFIX))
      .map((file) => file.slice(0, -DEFINITION_SUFFIX.length));
    const functionsFolder = this.#functionsFolder;
    const edited = editedAssembly(assembly, { functionsFolder, definitionsFolder, workflows });
    const reloaded = await this.#options.runtime.reload(edited);
    const names = reloaded.updated.map((logicalId) => shortName(edited, logicalId));
    if (names.length > 0) this.#options.onUpdated(names, performance.now() - startedAtMs);
    return reloaded;
  }

  /** The template may be another: what is different in it is taken up or named. */
  #synthesizeBeside(): void {
    this.#synthesisCount += 1;
    const count = this.#synthesisCount;
    const startedAtMs = performance.now();
    this.#synthesis = this.#synthesis.then(async () => {
      if (count !== this.#synthesisCount) return; // a newer edit comes behind
      await this.#guarded(async () => {
        const assemblyFolder = path.join(this.#folder, `assembly-${count}`);
        await synthesize({ assemblyFolder });
        const assembly = readAssembly(assemblyFolder);
        this.#work = this.#work.then(() => this.#guarded(() => this.#takeUpTemplate(assembly, startedAtMs)));
        await this.#work;
      });
    });
  }

  async #takeUpTemplate(assembly: StackAssembly, startedAtMs: number): Promise<void> {
    const { needsRestart } = await this.#reload(assembly, startedAtMs);
    if (needsRestart.length > 0) this.#options.onNeedsRestart(needsRestart);
    else this.#assembly = assembly;
  }

  async #writeDefinitions(): Promise<void> {
    try {
      await promisify(execFile)(process.execPath, ['scripts/write-workflows.ts'], { cwd: this.#options.root });
    } catch (error) {
      throw new UserError(firstComplaint(String((error as { stderr?: unknown }).stderr)), { cause: error });
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.onFaults(buildFaults(error) ?? this.#inFile(messageOf(error)).split('\n'));
    }
  }

  /** The runtime names a machine by its logical id; a person opens its file. */
  #inFile(message: string): string {
    return message.replace(
      /^(\w+) \(AWS::StepFunctions::StateMachine\)/u,
      (_, logicalId: string) => `workflows/${shortName(this.#assembly, logicalId)}.ts`,
    );
  }

  /** Silence means that there is nothing to say: only the end of errors is news. */
  #tellTypes(errors: readonly string[]): void {
    if (errors.length > 0) this.#options.onFaults(errors);
    else if (this.#typeErrors > 0) this.#options.onTypesClean();
    this.#typeErrors = errors.length;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Node writes `file:///…/tea.ts:12`, the line, a blank, and then what is wrong with it. */
function firstComplaint(stderr: string): string {
  const place = /^(?:file:\/\/)?(\S+\.ts:\d+)/mu.exec(stderr)?.[1];
  const complaint = /^\w*Error\b.*$/mu.exec(stderr)?.[0] ?? stderr.trim().split('\n')[0];
  const file = place?.slice(place.lastIndexOf('/workflows/') + 1);
  return [file, complaint].filter(Boolean).join(': ');
}
