import type { Disk } from "../disk/database.ts"
import { keyLength } from "../journal/keys.ts"

type Ids = Map<string, number>

/**
 * Who stands first and last in each lane, in memory: a delivery that joins a lane goes behind its
 * last, and the disk keeps only that the one goes before the other. As an index by subject, which
 * is a random key, the lanes dirtied a page for almost every message followed: 3.2 KB instead of
 * 0.2. What is changed here within a commit is undone when that fails.
 */
export class Lanes {
  readonly #disk: Disk
  readonly #lasts: Ids = new Map()
  /** Only of lanes in which more than one waits. */
  readonly #firsts: Ids = new Map()
  /** Who was put back into the lane last: the next one's place is mostly right behind it. */
  readonly #returned: Ids = new Map()
  /** What stood where something was changed since the last commit. */
  #before: { ids: Ids; lane: string; id: number | undefined }[] = []

  /** Reads the lanes as they stand on the disk. */
  constructor(disk: Disk) {
    this.#disk = disk
    // Nothing that is in a lane lies before the first that waits for nobody.
    const unsettled = disk.database.query<
      { id: number; destination: string; subjects: Uint8Array },
      []
    >(
      `WITH blocking AS (SELECT name FROM destination WHERE blocks = 1)
       SELECT id, destination, subjects FROM delivery
       WHERE (state = 'pending' OR state = 'held' AND destination IN blocking) AND id >= min(
         ifnull((SELECT min(id) FROM delivery INDEXED BY delivery_first
                 WHERE state = 'pending' AND ahead = 0), 9e18),
         ifnull((SELECT min(id) FROM delivery INDEXED BY delivery_held
                 WHERE state = 'held' AND destination IN blocking), 9e18))
       ORDER BY id`,
    )
    for (const { id, destination, subjects } of unsettled.iterate()) {
      for (const lane of lanesOf(destination, subjects)) {
        const last = this.#lasts.get(lane)
        if (last !== undefined && !this.#firsts.has(lane)) this.#firsts.set(lane, last)
        this.#lasts.set(lane, id)
      }
    }
  }

  /** Commits what `write` does on the disk and here; waited for, as `Disk.durably`. */
  durably<T>(write: () => T): T {
    return this.#together((both) => this.#disk.durably(both), write)
  }

  /** The same, which a power cut may undo, as `Disk.lazily`. */
  lazily<T>(write: () => T): T {
    return this.#together((both) => this.#disk.lazily(both), write)
  }

  first(lane: string): number | undefined {
    return this.#firsts.get(lane) ?? this.#lasts.get(lane)
  }

  last(lane: string): number | undefined {
    return this.#lasts.get(lane)
  }

  /** Where the search for the place of `id` may begin: one that stands before it. */
  near(lane: string, id: number): number | undefined {
    const returned = this.#returned.get(lane)
    return returned !== undefined && returned < id ? returned : this.first(lane)
  }

  /** Takes in one that is later than all others of its lane. */
  join(lane: string, id: number): void {
    const last = this.#lasts.get(lane)
    if (last !== undefined && !this.#firsts.has(lane)) this.#set(this.#firsts, lane, last)
    this.#set(this.#lasts, lane, id)
  }

  /** Takes in one that was put back between these two. */
  enter(lane: string, id: number, before: number | undefined, after: number | undefined): void {
    if (after === undefined) this.join(lane, id)
    else if (before === undefined) this.#set(this.#firsts, lane, id)
    this.#set(this.#returned, lane, id)
  }

  /** Takes out one that stood between these two. */
  leave(lane: string, id: number, before: number | undefined, after: number | undefined): void {
    if (this.#returned.get(lane) === id) this.#set(this.#returned, lane, undefined)
    const first = before === undefined ? after : this.first(lane)
    const last = after === undefined ? before : this.#lasts.get(lane)
    this.#set(this.#lasts, lane, last)
    this.#set(this.#firsts, lane, first === last ? undefined : first)
  }

  #together<T>(commit: (write: () => T) => T, write: () => T): T {
    try {
      // A commit that found no room is tried a second time.
      const result = commit(() => {
        this.#undo()
        return write()
      })
      this.#before = []
      return result
    } catch (error) {
      this.#undo()
      throw error
    }
  }

  #undo(): void {
    for (const { ids, lane, id } of this.#before.reverse()) put(ids, lane, id)
    this.#before = []
  }

  #set(ids: Ids, lane: string, id: number | undefined): void {
    const before = ids.get(lane)
    if (before === id) return
    this.#before.push({ ids, lane, id: before })
    put(ids, lane, id)
  }
}

function put(ids: Ids, lane: string, id: number | undefined): void {
  if (id === undefined) ids.delete(lane)
  else ids.set(lane, id)
}

/** The lanes of a delivery, each once; `subjects` as the journal keeps them, keys in a row. */
export function lanesOf(destination: string, subjects: Uint8Array): string[] {
  // A copy: a view of what SQLite gave costs twice as much.
  const keys = Buffer.isBuffer(subjects) ? subjects : Buffer.from(subjects)
  const lanes: string[] = []
  for (let at = 0; at < keys.length; at += keyLength) {
    lanes.push(`${destination} ${keys.toString("latin1", at, at + keyLength)}`)
  }
  return lanes
}
