import { closeSync, existsSync, fstatSync, openSync, readSync, rmSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Something that happens to a file of the data folder. */
export type FileFault = (file: string) => void;

const PAGE_BYTES = 4096;

/** Turns bytes over from the given place on: by a page, what a disk gives back wrongly. */
export function flipBytes(fromPage: number, pages: number): FileFault {
  return (file) => {
    const descriptor = openSync(file, 'r+');
    const size = fstatSync(descriptor).size;
    const start = Math.min(fromPage * PAGE_BYTES, Math.max(0, size - PAGE_BYTES));
    const bytes = Buffer.alloc(Math.min(pages * PAGE_BYTES, size - start));
    readSync(descriptor, bytes, 0, bytes.length, start);
    for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ 0xff;
    writeSync(descriptor, bytes, 0, bytes.length, start);
    closeSync(descriptor);
  };
}

export const deleteFile: FileFault = (file) => rmSync(file);
export const emptyFile: FileFault = (file) => truncateSync(file, 0);

/** The same to the database, and to its log where that lies beside it. */
export function withLog(fault: FileFault): FileFault {
  return (file) => {
    for (const each of [file, logOf(file)]) if (existsSync(each)) fault(each);
  };
}

export const logOf = (file: string): string => `${file}-wal`;
export const storeOf = (dataFolder: string): string => path.join(dataFolder, 'dynamodb.sqlite');
export const journalOf = (dataFolder: string): string => path.join(dataFolder, 'runtime.sqlite');
