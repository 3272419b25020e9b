/** Between the window in which a customer ordered and the one in which they confirmed at their bank. */
const CHANNEL = 'returned-from-bank';

/** Called in the window that the bank sent back. */
export function tellReturn(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('returned');
  channel.close();
}

/** @returns ends the listening. */
export function onReturn(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = listener;
  return () => channel.close();
}
