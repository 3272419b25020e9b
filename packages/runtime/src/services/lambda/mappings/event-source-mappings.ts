import type { StackIdentity } from '../../../assembly/resource-type.ts';
import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../../shared/aws-error.ts';
import type { Journal } from '../../../store/journal.ts';
import type { QueueConsumer } from '../../shared/ports/queues.ts';
import type { StreamReader } from '../../shared/ports/streams.ts';
import type { TargetSender } from '../../shared/ports/targets.ts';
import type { MappingPorts, MappingSettings, RunningMapping } from './mapping-settings.ts';
import { QueueMapping } from './queue-mapping.ts';
import { StreamMapping } from './stream-mapping.ts';
import { StreamPositions } from './stream-positions.ts';

export interface EventSourceMappingsOptions extends MappingPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly stack: StackIdentity;
  readonly queues: QueueConsumer;
  readonly streams: StreamReader;
  readonly destinations: TargetSender;
}

/**
 * All event source mappings.
 *
 * M1  Whether a mapping is enabled is what was last said: by the template when it first appeared, then by
 *     UpdateEventSourceMapping, also over a restart.
 */
export class EventSourceMappings {
  readonly #options: EventSourceMappingsOptions;
  readonly #mappings = new Map<string, RunningMapping>();
  readonly #positions: StreamPositions;
  #started = false;

  constructor(options: EventSourceMappingsOptions) {
    this.#options = options;
    this.#positions = new StreamPositions(options.journal, options.streams);
    options.journal.migrate(
      'CREATE TABLE IF NOT EXISTS lambda_mapping (uuid TEXT PRIMARY KEY, enabled INTEGER NOT NULL) STRICT',
    );
  }

  /** Makes a mapping known; it begins with `start`. Streams: its starting position is durable afterwards. */
  async put(settings: MappingSettings): Promise<void> {
    const stored = this.#options.journal.sql('SELECT enabled FROM lambda_mapping WHERE uuid = ?').get(settings.uuid);
    const enabled = stored ? stored['enabled'] === 1 : settings.enabled;
    if (settings.stream)
      await this.#positions.add(settings.uuid, settings.eventSourceArn, settings.stream.startingPosition);
    await this.#replace({ ...settings, enabled });
  }

  start(): void {
    this.#started = true;
    for (const mapping of this.#mappings.values()) if (mapping.settings.enabled) mapping.start();
  }

  async stop(): Promise<void> {
    this.#started = false;
    await Promise.all(this.all().map((mapping) => mapping.stop()));
  }

  /** Resolves when no mapping is delivering anything. */
  async settled(): Promise<void> {
    await Promise.all(this.all().map((mapping) => mapping.settled()));
  }

  all(): RunningMapping[] {
    return [...this.#mappings.values()];
  }

  /** @throws AwsError ResourceNotFoundException. */
  byUuid(uuid: string): RunningMapping {
    const mapping = this.#mappings.get(uuid);
    if (!mapping) throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
    return mapping;
  }

  /** Changes settings of a mapping, durably as far as it is enabled. @throws AwsError ResourceNotFoundException. */
  async update(uuid: string, changes: Partial<MappingSettings>): Promise<RunningMapping> {
    const settings = { ...this.byUuid(uuid).settings, ...changes };
    const upsert =
      'INSERT INTO lambda_mapping VALUES (?, ?) ON CONFLICT (uuid) DO UPDATE SET enabled = excluded.enabled';
    await this.#options.journal.write(() => this.#options.journal.sql(upsert).run(uuid, Number(settings.enabled)));
    return this.#replace(settings);
  }

  async #replace(settings: MappingSettings): Promise<RunningMapping> {
    await this.#mappings.get(settings.uuid)?.stop();
    const mapping = this.#create(settings);
    this.#mappings.set(settings.uuid, mapping);
    if (this.#started && settings.enabled) mapping.start();
    return mapping;
  }

  #create(settings: MappingSettings): RunningMapping {
    const { stream } = settings;
    if (stream) return new StreamMapping({ ...this.#options, settings, stream, positions: this.#positions });
    return new QueueMapping({ ...this.#options, settings, region: this.#options.stack.region });
  }
}
