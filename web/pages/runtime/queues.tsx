import { aws } from '../../platform/aws.ts';
import { config } from '../../platform/session.ts';
import { useData } from '../../platform/use-data.ts';
import { CountTable } from '../../ui/count-table.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, Shown } from '../../ui/notes.tsx';

interface Depth {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

async function readQueues(): Promise<Depth[]> {
  const { QueueUrls = [] } = await aws<{ QueueUrls?: string[] }>('AmazonSQS.ListQueues', {});
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await aws<{ Attributes?: Record<string, string> }>('AmazonSQS.GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['All'],
      });
      const count = (name: string): number => Number(Attributes[name] ?? 0);
      return {
        name: shortName(QueueUrl.split('/').at(-1) ?? QueueUrl),
        visible: count('ApproximateNumberOfMessages'),
        inFlight: count('ApproximateNumberOfMessagesNotVisible'),
        delayed: count('ApproximateNumberOfMessagesDelayed'),
      };
    }),
  );
}

/** What CloudFormation puts around a logical id says nothing to a reader: the stack's name and a hash. */
function shortName(name: string): string {
  const own = name.replace(`${config.value?.machine?.stackName ?? ''}-`, '').replace(/(?:Queue)?[0-9A-F]{8}$/, '');
  return own.replace(/([a-z])([A-Z])/g, '$1 $2');
}

export function Queues() {
  const queues = useData('queues', readQueues, { isAbout: () => true, atMostEveryMs: 1_000, pollMs: 5_000 });
  return (
    <section class="panel" aria-labelledby="queues-title">
      <h2 id="queues-title">Queues</h2>
      <Shown data={queues} what="queues">
        {(all) => {
          const filled = all.filter(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0);
          return (
            <>
              {filled.length === 0 ? (
                <Empty>
                  <Icon name="done" /> All {all.length} queues are empty.
                </Empty>
              ) : (
                <Depths label="Queues with messages" rows={filled} />
              )}
              <details>
                <summary>Every queue</summary>
                <Depths label="Every queue" rows={all} />
              </details>
            </>
          );
        }}
      </Shown>
    </section>
  );
}

function Depths({ label, rows }: { readonly label: string; readonly rows: readonly Depth[] }) {
  return (
    <CountTable
      label={label}
      columns={['Queue', 'Waiting', 'In work', 'Delayed']}
      rows={rows.map(({ name, visible, inFlight, delayed }) => [name, visible, inFlight, delayed])}
    />
  );
}
