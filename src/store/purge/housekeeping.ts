import type { Disk } from "../disk/database.ts"
import type { RetentionConfig } from "../settings.ts"
import { openCalendar } from "./calendar.ts"
import { openPurge, type Purged } from "./purge.ts"

/** What is done now and then so that the box can be left alone. Rejects when the disk refuses. */
export interface Housekeeping {
  /** The time that was noted last, in ms since 1970; undefined before the first. */
  notedAt(): Promise<number | undefined>
  /** Notes what had come by `at`, a time that is believed: from it on all of that grows old. */
  note(at: number, retention: RetentionConfig): Promise<void>
  /** Tells every note that the clock was put right by `ms`: nothing grew older by that. */
  shift(ms: number): Promise<void>
  /** Takes away some of what is older than its retention, in one short commit. */
  purge(retention: RetentionConfig, now: number): Promise<Purged>
  /** Gives some free pages back to the file system; answers whether there are more. */
  giveBack(): Promise<boolean>
}

/**
 * Free pages that stay: some days of an ordinary clinic's messages. To give back what the next ones
 * ask for again would wear a card twice.
 */
const spareBytes = 4 * 1024 ** 2
/** Pages moved in one commit, some 2 ms. */
const stepPages = 32

/** Opens what purging needs of the store. */
export function openHousekeeping(disk: Disk): Housekeeping {
  const { database } = disk
  const calendar = openCalendar(database)
  const purge = openPurge(disk, calendar)
  const free = database.query<{ bytes: number }, []>(
    "SELECT freelist_count * page_size AS bytes FROM pragma_freelist_count, pragma_page_size",
  )
  const isMore = () => (free.get()?.bytes ?? 0) > spareBytes
  return {
    notedAt: async () => calendar.last(),
    async note(at, retention) {
      const oldest = at - Math.max(...Object.values(retention))
      disk.lazily(() => calendar.note(at, oldest))
    },
    shift: async (ms) => disk.durably(() => calendar.shift(ms)),
    purge: async (retention, now) => purge(retention, now),
    async giveBack() {
      if (!isMore()) return false
      disk.lazily(() => database.run(`PRAGMA incremental_vacuum(${stepPages})`))
      return isMore()
    },
  }
}
