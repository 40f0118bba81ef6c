import type { Delivery, Told } from "../message.ts"
import { openBox } from "./box.ts"
import { type Databases, lockFolder, openDatabases, StoreProblem } from "./database.ts"
import { type Appended, Duplicates } from "./duplicates.ts"
import { type Owed, openFollowing, readMark } from "./follow.ts"
import { GroupCommit } from "./group-commit.ts"
import { Journal, type NewMessage, type Refused } from "./journal.ts"
import { type Keyed, openKeys } from "./keys.ts"
import { openKnown } from "./known.ts"
import { openNext, openWaiting } from "./next.ts"
import { openSettle, type Settlement } from "./settle.ts"
import { type Counts, openCounts } from "./status.ts"

export { StoreProblem } from "./database.ts"
export type { Settlement } from "./settle.ts"
export type { Counts } from "./status.ts"

/**
 * Everything that must outlive a power cut. Asynchronous throughout, so that it can move to a
 * thread of its own without anyone noticing. Only `append`, `quarantine` and `settle` write what
 * others wait for; each rejects when the disk refuses, and nothing of it is then written.
 */
export interface Store {
  /** Random, made with the database and renewed by a restore: part of every idempotency key. */
  readonly epoch: string
  append(message: NewMessage): Promise<Appended>
  quarantine(refused: Refused): Promise<void>
  /** Follows at most `limit` messages; answers how many, and how many deliveries they made. */
  follow(owed: Owed, limit: number): Promise<{ messages: number; deliveries: number }>
  next(
    destination: string,
    options: { now: number; patienceMs: number; limit: number; except: ReadonlySet<number> },
  ): Promise<Delivery[]>
  /** When the earliest delivery that waits for its next try is due; undefined when none does. */
  nextDueAt(destination: string): Promise<number | undefined>
  settle(delivery: Delivery, settlement: Settlement): Promise<void>
  /** Makes every delivery to `destination` that waits for its next try due now. */
  hurry(destination: string): Promise<void>
  known(destination: string, resources: readonly string[]): Promise<Told[]>
  counts(): Promise<Counts>
  /** What the box keeps under `name`: its configuration, for one. */
  recall(name: string): Promise<string | undefined>
  remember(name: string, value: string): Promise<void>
  /** Rejects when the disk takes no durable write at this moment. */
  probe(): Promise<void>
  close(): Promise<void>
}

/** A batch of so many messages says that more are coming; what can wait then waits. */
const busy = 50

/** Opens the store in `folder`; throws StoreProblem with advice when it can't. */
export function openStore(folder: string): Store {
  const lock = lockFolder(folder)
  try {
    // Before the database: a database without its key is how a lost key is noticed.
    const keyed = openKeys(folder)
    return storeOn(openDatabases(folder), keyed, () => lock.close())
  } catch (error) {
    lock.close()
    throw error
  }
}

function storeOn({ intake, work, close }: Databases, keyed: Keyed, unlock: () => void): Store {
  const box = openBox(intake)
  const mark = readMark(work)
  const last = work.query<{ seq: number }, []>(
    "SELECT seq FROM sqlite_sequence WHERE name = 'journal'",
  )
  if ((last.get()?.seq ?? 0) < mark) {
    close()
    throw new StoreProblem(
      `the journal ends before message ${mark}, which was already followed: messages ` +
        "were lost; keep a copy of the data folder, then restore a backup",
    )
  }
  const duplicates = new Duplicates(work)
  const journal = new Journal(intake, keyed, duplicates)
  const settlements = new GroupCommit(work, openSettle(work))
  const next = openNext(work)
  const counts = openCounts(work)
  const waiting = openWaiting(work)
  const known = openKnown(work)
  const follow = openFollowing(work)
  return {
    epoch: box.epoch(),
    append: (message) => journal.append(message),
    quarantine: (refused) => journal.quarantine(refused),
    async follow(owed, limit) {
      const followed = follow(owed, limit)
      await duplicates.write(followed.messages < busy)
      return followed
    },
    next: async (destination, options) => next(destination, options),
    nextDueAt: async (destination) => waiting.nextDueAt(destination),
    settle: (delivery, settlement) => settlements.add({ delivery, settlement }),
    hurry: async (destination) => waiting.hurry(destination),
    known: async (destination, resources) => known(destination, resources),
    counts: async () => counts(),
    recall: async (name) => box.recall(name),
    remember: async (name, value) => box.remember(name, value),
    probe: async () => box.remember("probe", String(Date.now())),
    async close() {
      journal.flush()
      settlements.flush()
      close()
      unlock()
    },
  }
}
