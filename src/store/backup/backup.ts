import type { Database } from "bun:sqlite"
import { readFileSync, rmSync } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { join } from "node:path"
import { databaseName, migrations } from "../disk/database.ts"
import { makePrivate, sizeOf } from "../disk/migrate.ts"
import type { Space } from "../disk/space.ts"
import { startThread } from "../disk/threads.ts"
import { keyName } from "../journal/keys.ts"
import { ending, headerOf, paddingOf } from "./archive.ts"
import type { Copied, Copying } from "./copy-thread.ts"
import { backupNames, type Manifest } from "./manifest.ts"

/**
 * A backup to be read: a tar archive of the database as it was at one moment, and the box's key. It
 * holds what patients were sent about, and whoever has it can read all of it.
 */
export interface Backup {
  madeAt: string
  /** In bytes. */
  size: number
  stream: ReadableStream<Uint8Array>
}

/** The copy, until its last byte was read. */
const partName = "backup.part"
const pieceBytes = 256 * 1024

/**
 * Opens the making of backups while the store is in use. The database is copied on the same disk
 * first: so that it is whole when the first byte goes out, and the log can be given back while
 * somebody reads slowly. The copy has no name by then, so that nothing of it can be left behind.
 */
export function openBackups(folder: string, database: Database, space: Space) {
  const part = join(folder, partName)
  // A start after a crash in the middle of one.
  rmSync(part, { force: true })
  let underway = false

  async function copied(): Promise<{ digest: string; file: FileHandle } | { problem: string }> {
    try {
      makePrivate(part)
      const answer = await copyOnThread({ from: join(folder, databaseName), to: part })
      return "problem" in answer ? answer : { ...answer, file: await open(part, "r") }
    } finally {
      rmSync(part, { force: true })
    }
  }

  async function make(now: number): Promise<Backup | { problem: string }> {
    const needed = sizeOf(database)
    if (!space.holds(needed)) {
      const mebibytes = Math.ceil(needed / 1024 ** 2)
      return {
        problem:
          `the disk has no room for a copy of ${mebibytes} MiB beside the database: make some ` +
          "free, or stop the gateway and copy its data folder",
      }
    }
    const copy = await copied()
    if ("problem" in copy) return { problem: `the database can't be copied: ${copy.problem}` }
    const { file, digest } = copy
    const { size } = await file.stat()
    const key = readFileSync(join(folder, keyName))
    const manifest = {
      madeAt: new Date(now).toISOString(),
      schema: migrations.length,
      sha256: {
        [backupNames.database]: digest,
        [backupNames.key]: new Bun.CryptoHasher("sha256").update(key).digest("hex"),
      },
    } satisfies Manifest
    const text = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`)
    const before = Buffer.concat([
      ...[headerOf(backupNames.manifest, text.length), text, paddingOf(text.length)],
      ...[headerOf(backupNames.key, key.length), key, paddingOf(key.length)],
      headerOf(backupNames.database, size),
    ])
    const after = Buffer.concat([paddingOf(size), ending])
    const stream = streamOf(before, file, after, () => {
      underway = false
    })
    return { madeAt: manifest.madeAt, size: before.length + size + after.length, stream }
  }

  return async (now: number): Promise<Backup | { problem: string }> => {
    if (underway) return { problem: "another backup is being made: wait until that one is done" }
    underway = true
    let made: Backup | { problem: string } | undefined
    try {
      made = await make(now)
      return made
    } finally {
      if (!made || "problem" in made) underway = false
    }
  }
}

/** The bytes before, a file's, and those after; `closed` however it ends. */
function streamOf(before: Uint8Array, file: FileHandle, after: Uint8Array, closed: () => void) {
  const end = async () => {
    await file.close()
    closed()
  }
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(before),
    async pull(controller) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(pieceBytes) })
      if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead))
      controller.enqueue(after)
      controller.close()
      await end()
    },
    cancel: end,
  })
}

function copyOnThread(copying: Copying): Promise<Copied> {
  const worker = startThread("backup/copy-thread.ts")
  return new Promise<Copied>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Copied>) => resolve(data)
    worker.onerror = ({ message }) => resolve({ problem: `its thread ended: ${message}` })
    worker.postMessage(copying)
  }).finally(() => worker.terminate())
}
