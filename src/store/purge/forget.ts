import type { Database } from "bun:sqlite"

/**
 * What comes to an end, so that what was told of it may be forgotten: a patient, a visit, a problem
 * or a person on the staff never does. Without this an order a minute is half a gigabyte a year.
 */
const ending: ReadonlySet<string> = new Set([
  "Appointment",
  "DocumentReference",
  "MedicationRequest",
  "ServiceRequest",
  "Task",
])

/** One walk a day is enough: so long after the last word a day is nothing. */
const restMs = 86_400_000
/** Resources that are looked at in one go. */
const batch = 64

/** Where the walk is, by the key of the table; `restsFrom`: it is over since, in ms since 1970. */
interface Walk {
  destination: string
  resource: string
  restsFrom: number | null
}

const beginning: Walk = { destination: "", resource: "", restsFrom: null }

/**
 * Forgets what destinations were told of an order and the like, once the last message that told of
 * it lies longer back than its retention. A later one then speaks as the first of a new box does:
 * over what the destination itself has, where it can be read. To be called within a commit, `until`
 * a time of `performance.now()`; answers whether there is more to walk today.
 */
export function openForget(database: Database) {
  const rows = database.query<
    { destination: string; resource: string; last: number },
    [string, string, number]
  >(
    `SELECT destination, resource, max(message_id) AS last FROM known
     WHERE (destination, resource) > (?, ?) GROUP BY destination, resource
     ORDER BY destination, resource LIMIT ?`,
  )
  const forget = database.query<unknown, [string, string]>(
    "DELETE FROM known WHERE destination = ? AND resource = ?",
  )
  const read = database.query<{ value: string }, []>("SELECT value FROM box WHERE name = 'forgot'")
  const write = database.query<unknown, [string]>("INSERT OR REPLACE INTO box VALUES ('forgot', ?)")

  /** `before`: the last message of the journal that is old enough. */
  return (before: number, now: number, until: number): boolean => {
    const { value } = read.get() ?? {}
    const walk: Walk = value === undefined ? { ...beginning } : (JSON.parse(value) as Walk)
    // A clock that was put back would have it rest for longer than it has been.
    if (walk.restsFrom !== null && Math.abs(now - walk.restsFrom) < restMs) return false
    if (walk.restsFrom !== null) Object.assign(walk, beginning)
    let more: boolean
    do {
      const found = rows.all(walk.destination, walk.resource, batch)
      for (const { destination, resource, last } of found) {
        const [type = ""] = resource.split("/")
        const ends = ending.has(type)
        if (ends && last <= before) forget.run(destination, resource)
        // Of a type that stays there may be a million: "0" comes next after "/".
        Object.assign(walk, { destination, resource: ends ? resource : `${type}0` })
        if (!ends) break
      }
      more = found.length > 0
    } while (more && performance.now() < until)
    if (!more) Object.assign(walk, { restsFrom: now })
    write.run(JSON.stringify(walk))
    return more
  }
}
