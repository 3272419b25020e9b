import { endOrphan } from '../services/dynamodb/index.ts';
import { Compaction } from '../store/compaction.ts';
import type { DataFolder } from '../store/data-folder.ts';
import type { Journal } from '../store/journal.ts';

/**
 * Writes journal and tables anew if somebody was forgotten. To be called while the services are down.
 * @param onFault told when it failed, e.g. on a full disk: it stays due.
 */
export async function compactIfDue(
  journal: Journal,
  { dynamoDbFile }: DataFolder,
  onFault: (error: unknown) => void,
): Promise<void> {
  const compaction = new Compaction(journal);
  if (!compaction.isDue) return;
  try {
    await endOrphan(dynamoDbFile); // of a run that was killed
    await compaction.run(dynamoDbFile);
  } catch (error) {
    onFault(error);
  }
}
