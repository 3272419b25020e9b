import type { Definition } from './definition.ts';
import type { ExecutionChanges } from './execution-types.ts';
import { newFrame, restoreFrames, storeFrame, type Frame, type StoredFrame } from './frame.ts';
import type { Json } from './json.ts';

/** The frames of an execution, and which of them are not as they are stored. */
export class FrameSet {
  readonly #dirty = new Set<Frame>();
  #frames = new Map<number, Frame>();
  #removed: number[] = [];
  #nextId = 1;

  restore(stored: readonly StoredFrame[], definition: Definition): void {
    this.#frames = restoreFrames(stored, definition);
    this.#nextId = Math.max(0, ...this.#frames.keys()) + 1;
  }

  all(): Iterable<Frame> {
    return this.#frames.values();
  }

  find(id: number): Frame | undefined {
    return this.#frames.get(id);
  }

  get(id: number): Frame {
    const frame = this.find(id);
    if (!frame) throw new Error(`The execution has no frame ${id}.`);
    return frame;
  }

  has(frame: Frame): boolean {
    return this.#frames.get(frame.id) === frame;
  }

  add(
    place: Pick<Frame, 'parent' | 'branch' | 'group'>,
    input: { readonly value: Json; readonly text: string },
    previousEventId: number,
  ): Frame {
    const frame = newFrame({ id: this.#nextId++, ...place }, input, previousEventId);
    this.#frames.set(frame.id, frame);
    place.parent?.children.add(frame);
    return frame;
  }

  /** Takes the frames below this one out, deepest first, each told to `onRemove`. */
  removeBelow(frame: Frame, onRemove: (child: Frame) => void): void {
    for (const child of frame.children) {
      this.removeBelow(child, onRemove);
      onRemove(child);
      this.#frames.delete(child.id);
      this.#dirty.delete(child);
      this.#removed.push(child.id);
    }
    frame.children.clear();
  }

  /** The frame is to be stored. */
  touch(frame: Frame): void {
    this.#dirty.add(frame);
  }

  /** What is to be stored, once. Of a successful execution no frame is kept. */
  takeChanges(hasSucceeded: boolean): Pick<ExecutionChanges, 'frames' | 'removedFrames'> {
    const changes = {
      frames: hasSucceeded ? [] : Array.from(this.#dirty, storeFrame),
      removedFrames: hasSucceeded ? ('all' as const) : this.#removed,
    };
    this.#dirty.clear();
    this.#removed = [];
    return changes;
  }
}
