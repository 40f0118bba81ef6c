import { type Database, SQLiteError } from "bun:sqlite"
import type { Delivery, Message, Told } from "../message.ts"
import { type Backup, openBackups } from "./backup/backup.ts"
import { openBox } from "./box.ts"
import { type Disk, openDisk } from "./disk/database.ts"
import { GroupCommit } from "./disk/group-commit.ts"
import { lockFolder } from "./disk/lock.ts"
import { Space } from "./disk/space.ts"
import { type Owed, openFollow, readMark, type Unfollowed } from "./journal/follow.ts"
import { type Appended, Journal, type NewMessage } from "./journal/journal.ts"
import { type Keyed, openKeys } from "./journal/keys.ts"
import { openQuarantine, type Quarantined, type Refused } from "./journal/quarantine.ts"
import { type Kind, Tail } from "./journal/tail.ts"
import { type Decision, openDestinations, type Paused } from "./lanes/destinations.ts"
import { openKnown } from "./lanes/known.ts"
import { Lanes } from "./lanes/lanes.ts"
import { openNewer } from "./lanes/newer.ts"
import { type NextOptions, openMessages, openNext, openWaiting } from "./lanes/next.ts"
import { openOrder } from "./lanes/order.ts"
import { openSettle, type Settled, type Settlement, type Settling } from "./lanes/settle.ts"
import { explain, StoreProblem } from "./problem.ts"
import { type Housekeeping, openHousekeeping } from "./purge/housekeeping.ts"
import { openSearch, type Search } from "./search.ts"
import { type StoreConfig, storeDefaults } from "./settings.ts"
import { type Counts, openCounts, openPending } from "./status.ts"
import { openTank, type Tank } from "./tank/tank.ts"
import { type Met, openUnmapped } from "./tank/unmapped.ts"
import { openRouteAgain } from "./tank/unrouted.ts"

/**
 * Everything that must outlive a power cut. Only `append`, `quarantine` and `settle` write what
 * others wait for; each rejects when the disk refuses, and nothing of it is then written.
 */
export interface Store {
  /** Random, made with the database and renewed by a restore: part of every idempotency key. */
  readonly epoch: string
  append(message: NewMessage): Promise<Appended>
  quarantine(refused: Refused): Promise<void>
  /** What is in quarantine, the newest first, from below the id `before`. */
  quarantined(page: { limit: number; before: number }): Promise<Quarantined[]>
  /** One entry with the bytes that were kept; undefined where there is none of this id. */
  inQuarantine(id: number): Promise<(Quarantined & { bytes: Uint8Array }) | undefined>
  /** What kinds of message come after the mark, in the next `limit` of them. */
  unfollowed(limit: number): Promise<Unfollowed>
  /** Follows these messages to the destinations that each kind is owed to. */
  follow(unfollowed: Unfollowed, owed: readonly Owed[]): Promise<void>
  next(destination: string, options: NextOptions): Promise<Delivery[]>
  /**
   * What the destination was given since about the subjects of one that is sent again; undefined
   * where that can't be told any more, or is too much.
   */
  newer(delivery: Pick<Delivery, "id" | "destination">): Promise<Message[] | undefined>
  /** When the next delivery falls due after `now`; undefined when none waits for its next try. */
  nextDueAt(destination: string, now: number): Promise<number | undefined>
  settle(delivery: Settled, settlement: Settlement): Promise<void>
  /** Makes every delivery to `destination` that waits for its next try due now. */
  hurry(destination: string): Promise<void>
  known(destination: string, resources: readonly string[]): Promise<Told[]>
  /** Says, before anything is in flight, where what is held keeps its place in its lanes. */
  blocking(destinations: ReadonlySet<string>): Promise<void>
  /** The destinations that a person has paused. */
  paused(): Promise<Record<string, Paused>>
  pause(destination: string, decision: Decision): Promise<void>
  resume(destination: string): Promise<void>
  readonly tank: Tank
  /** Owes what no route wanted when it came to those who want it now; answers how many messages. */
  routeAgain(owed: (kind: Kind) => readonly string[], decision: Decision): Promise<number>
  readonly search: Search
  counts(): Promise<Counts>
  /** The codes that no code map has, those met most often first; at most 10,000. */
  unmapped(): Promise<Met[]>
  /** Takes codes off that list which are no longer unmapped. */
  strikeUnmapped(isUnmapped: (met: Met) => boolean): Promise<void>
  /** What the box keeps under `name`: its configuration, for one. */
  recall(name: string): Promise<string | undefined>
  remember(name: string, value: string): Promise<void>
  /** Why no message is taken in: the disk is nearly full. Undefined where there is room. */
  refusal(): Promise<string | undefined>
  /** Rejects when the disk takes no durable write at this moment. */
  probe(): Promise<void>
  readonly housekeeping: Housekeeping
  /** A copy of everything as it is now, while the store is in use; or why there can be none. */
  backup(now: number): Promise<Backup | { problem: string }>
  close(): Promise<void>
}

/** Opens the store in `folder`; rejects with StoreProblem and its advice when it can't. */
export async function openStore(
  folder: string,
  settings: StoreConfig = storeDefaults,
): Promise<Store> {
  const lock = lockFolder(folder)
  const opened: { close(): void }[] = [lock]
  const close = () => {
    for (const one of opened.splice(0).reverse()) one.close()
  }
  try {
    const space = new Space(folder, settings)
    const disk = openDisk(folder, space)
    opened.push(disk)
    const last = lastMessage(disk.database)
    return storeOn({ folder, disk, space, keyed: openKeys(folder, last > 0), settings, close })
  } catch (error) {
    close()
    throw error instanceof SQLiteError ? explain(error, folder) : error
  }
}

interface Opening {
  folder: string
  disk: Disk
  space: Space
  keyed: Keyed
  settings: StoreConfig
  close: () => void
}

/** The highest id the journal ever gave; throws where following was further already. */
export function lastMessage(database: Database): number {
  const row = database
    .query<{ seq: number }, []>("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
    .get()
  const last = row?.seq ?? 0
  const mark = readMark(database)
  if (last >= mark) return last
  throw new StoreProblem(
    `the journal ends before message ${mark}, which was already followed: messages were lost; ` +
      "keep a copy of the data folder, then restore a backup",
  )
}

function storeOn({ folder, disk, space, keyed, settings, close }: Opening): Store {
  const { database } = disk
  const tail = new Tail(database, readMark(database), settings.duplicateWindow)
  const box = openBox(disk)
  const journal = new Journal(disk, keyed, tail, space)
  const lanes = new Lanes(disk)
  const order = openOrder(database, lanes)
  const destinations = openDestinations(database, lanes, order)
  const unmapped = openUnmapped(disk)
  const settlements = new GroupCommit<Settling, void>({
    commit: lanes.lazily.bind(lanes),
    write: openSettle({ database, order, destinations, unmapped }),
  })
  const { unfollowed, follow } = openFollow({ disk, tail, lanes }, order)
  const next = openNext(database)
  const waiting = openWaiting(disk)
  const known = openKnown(database)
  const counts = openCounts(database, tail)
  space.keepFor(openPending(database))
  const quarantine = openQuarantine(database)
  return {
    epoch: box.epoch(),
    append: (message) => journal.append(message),
    quarantine: (refused) => journal.quarantine(refused),
    quarantined: async (page) => quarantine.page(page),
    inQuarantine: async (id) => quarantine.one(id),
    unfollowed: async (limit) => unfollowed(limit),
    follow: async (next, owed) => follow(next, owed),
    next: async (destination, options) => next(destination, options),
    newer: openNewer(database, openMessages(database)),
    nextDueAt: async (destination, now) => waiting.nextDueAt(destination, now),
    async settle(delivery, settlement) {
      await settlements.add({ delivery, settlement })
    },
    hurry: async (destination) => waiting.hurry(destination),
    known: async (destination, resources) => known(destination, resources),
    blocking: async (names) => destinations.blocking(names),
    paused: async () => destinations.paused(),
    pause: async (destination, decision) => destinations.pause(destination, decision),
    resume: async (destination) => destinations.resume(destination),
    tank: openTank({ database, lanes, order, destinations }),
    search: openSearch(database, keyed),
    routeAgain: openRouteAgain(database, lanes, order),
    counts: async () => counts(),
    unmapped: async () => unmapped.list(),
    strikeUnmapped: async (isUnmapped) => unmapped.strike(isUnmapped),
    recall: async (name) => box.recall(name),
    remember: async (name, value) => box.remember(name, value),
    async refusal() {
      if (space.refusal() !== undefined) disk.giveBackWal()
      return space.refusal()
    },
    probe: async () => box.remember("probe", String(Date.now())),
    housekeeping: openHousekeeping(disk),
    backup: openBackups(folder, database, space),
    async close() {
      await Promise.all([journal.flush(), settlements.flush()])
      await disk.alone()
      close()
    },
  }
}
