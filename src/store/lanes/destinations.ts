import type { Database } from "bun:sqlite"
import type { Lanes } from "./lanes.ts"
import type { Order, Placed } from "./order.ts"

/** What a person decides, who it is and why. */
export interface Decision {
  by: string
  /** Milliseconds since 1970. */
  at: number
  reason?: string | undefined
}

/** Who paused a destination, when, and why; "" where they did not say. */
export interface Paused {
  by: string
  at: number
  reason: string
}

/** What the store keeps of the destinations themselves. */
export function openDestinations(database: Database, lanes: Lanes, order: Order) {
  const all = database.query<{ name: string }, []>("SELECT name FROM destination WHERE blocks = 1")
  const set = database.query<unknown, [string, number]>(
    `INSERT INTO destination (name, blocks) VALUES (?1, ?2)
     ON CONFLICT DO UPDATE SET blocks = ?2`,
  )
  const held = database.query<Placed & { ahead: number }, [string]>(
    `SELECT id, destination, subjects, ahead FROM delivery INDEXED BY delivery_reason
     WHERE destination = ? AND state = 'held' ORDER BY id`,
  )
  const pausing = openPausing(database, lanes)
  let blocking: ReadonlySet<string> = new Set(all.all().map(({ name }) => name))

  function changeTo(wanted: ReadonlySet<string>): void {
    for (const name of wanted) {
      if (blocking.has(name)) continue
      set.run(name, 1)
      for (const one of held.all(name)) order.enter(one)
    }
    for (const name of blocking) {
      if (wanted.has(name)) continue
      set.run(name, 0)
      // The last first: what each has ahead of it is then still what was read.
      for (const one of held.all(name).reverse()) order.leave(one, one.ahead)
    }
  }

  return {
    ...pausing,
    /** Whether what is held there keeps those behind it waiting. */
    blocks: (destination: string): boolean => blocking.has(destination),
    /**
     * Says where what is held keeps its place (`onHeld = "block"`), and puts what is held already
     * in or out accordingly. Called before anything is in flight.
     */
    blocking(wanted: ReadonlySet<string>): void {
      lanes.durably(() => changeTo(wanted))
      blocking = wanted
    },
  }
}

export type Destinations = ReturnType<typeof openDestinations>

/** Pauses by a person, which outlive every start until a person ends them. */
function openPausing(database: Database, disk: Pick<Lanes, "durably">) {
  const read = database.query<Paused & { name: string }, []>(
    `SELECT name, paused_by AS by, paused_at AS at, paused_reason AS reason FROM destination
     WHERE paused_at IS NOT NULL`,
  )
  const pause = database.query<unknown, [string, number, string, string]>(
    `INSERT INTO destination (name, paused_at, paused_by, paused_reason) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT DO UPDATE SET paused_at = ?2, paused_by = ?3, paused_reason = ?4`,
  )
  const resume = database.query<unknown, [string]>(
    `UPDATE destination SET paused_at = NULL, paused_by = NULL, paused_reason = NULL
     WHERE name = ?`,
  )
  return {
    paused: (): Record<string, Paused> =>
      Object.fromEntries(read.all().map(({ name, ...paused }) => [name, paused])),
    pause(destination: string, { by, at, reason = "" }: Decision): void {
      disk.durably(() => pause.run(destination, at, by, reason))
    },
    resume: (destination: string): void => {
      disk.durably(() => resume.run(destination))
    },
  }
}
