import type { Database } from "bun:sqlite"
import type { DeliveryState } from "../message.ts"
import { turn } from "./disk/turn.ts"
import { readMark } from "./journal/follow.ts"
import { type Keyed, keyLength } from "./journal/keys.ts"
import { openMessages } from "./lanes/next.ts"
import { sliceMax } from "./tank/found.ts"
import { openTrailOf, type TrailEntry } from "./trail.ts"

/** A message of the journal as people look at it: what is known of it, and not what it says. */
export interface FoundMessage {
  id: number
  source: string
  peer: string
  /** Milliseconds since 1970, by the box's clock. */
  receivedAt: number
  type: string
  /** Bytes. */
  size: number
  /** Its deliveries stand written down: with none then, no route wanted it. */
  followed: boolean
  deliveries: { id: number; destination: string; state: DeliveryState }[]
}

/** What stays of a message that was purged. */
export interface Remains {
  source: string
  type: string
  receivedAt: number
  deliveries: { destination: string; state: DeliveryState; at: number | null }[]
}

/** Which messages are wanted; what is left out is not asked for. */
export interface WantedMessages {
  source?: string | undefined
  /** `ORU^R01`, or `ADT` for the whole family. */
  type?: string | undefined
  /** One of its deliveries is so, and to this destination where one is named. */
  state?: DeliveryState | undefined
  destination?: string | undefined
  /** Received at this time or after it, and before that one; milliseconds since 1970. */
  receivedFrom?: number | undefined
  receivedTo?: number | undefined
  /** MSH-10, all of it. */
  controlId?: string | undefined
  /** Patient keys, any of them. */
  subjects?: readonly string[] | undefined
}

/** Looks for messages. The journal has no index but its id, so that an ack waits for none. */
export interface Search {
  /**
   * The newest first, from below the id `before`; in the answer, where to go on if anywhere. A page
   * looks at no more than 10,000 messages, so that it may hold fewer than `limit` and still go on.
   */
  page(
    wanted: WantedMessages,
    page: { limit: number; before?: number | undefined },
  ): Promise<{ messages: FoundMessage[]; before?: number | undefined }>
  /** One with its trail, the oldest entry first; undefined where there is none. */
  one(id: number): Promise<(FoundMessage & { trail: TrailEntry[] }) | undefined>
  /** What stays of one that was purged; undefined where none was. */
  remains(id: number): Promise<Remains | undefined>
  /** The bytes as they came; undefined where there is none. */
  bytes(id: number): Promise<Uint8Array | undefined>
}

/** A page's slices: what follows them is for the next page, or a search would have no end. */
const slicesMax = 20

type Row = Omit<FoundMessage, "deliveries" | "followed">

/** Opens the search; what could name a patient is looked for by its key. */
export function openSearch(database: Database, keyed: Keyed): Search {
  const newest = database.query<{ id: number | null }, []>("SELECT max(id) AS id FROM journal")
  const one = database.query<Row, [number]>(`${select} WHERE id = ?`)
  const deliveries = database.query<FoundMessage["deliveries"][number], [number]>(
    `SELECT id, destination, state FROM delivery INDEXED BY delivery_of_message
     WHERE message_id = ? ORDER BY id`,
  )
  const sources = database.query<{ source: string }, []>("SELECT source FROM source_tally")
  const purged = database.query<{ detail: string }, [number]>(
    "SELECT detail FROM trail WHERE message_id = ? AND event = 'purged'",
  )
  const slice = openSlice(database)
  const message = openMessages(database)
  const trailOf = openTrailOf(database)
  const whole = (row: Row, mark: number): FoundMessage => {
    return { ...row, followed: row.id <= mark, deliveries: deliveries.all(row.id) }
  }
  /** A control id's key is one for each source that may have sent it. */
  function controlsOf({ source, controlId }: WantedMessages): string | null {
    if (controlId === undefined) return null
    const from = source === undefined ? sources.all().map((row) => row.source) : [source]
    return listed(from.map((name) => keyed(`control ${name} ${controlId}`)))
  }

  return {
    async page(wanted, { limit, before = (newest.get()?.id ?? 0) + 1 }) {
      const { subjects: keys } = wanted
      const subjects = keys ? listed(keys.map((subject) => keyed(`subject ${subject}`))) : null
      const sought = { wanted, controls: controlsOf(wanted), subjects }
      const mark = readMark(database)
      const messages: FoundMessage[] = []
      let below = before
      for (let slices = 0; slices < slicesMax && messages.length < limit && below > 1; slices++) {
        if (slices > 0) await turn()
        const from = Math.max(1, below - sliceMax)
        const room = limit - messages.length
        const rows = slice(sought, { from, below, room })
        messages.push(...rows.map((row) => whole(row, mark)))
        below = rows.length === room ? (rows.at(-1)?.id ?? from) : from
      }
      return { messages, before: below > 1 ? below : undefined }
    },
    async one(id) {
      const row = one.get(id)
      return row ? { ...whole(row, readMark(database)), trail: trailOf(id) } : undefined
    },
    async remains(id) {
      const text = purged.get(id)?.detail
      return text === undefined ? undefined : (JSON.parse(text) as Remains)
    },
    bytes: async (id) => message(id)?.bytes,
  }
}

const select =
  "SELECT id, source, peer, received_at AS receivedAt, type, length(bytes) AS size FROM journal"

interface Sought {
  wanted: WantedMessages
  controls: string | null
  subjects: string | null
}

/** One stretch of the journal, the newest first. */
function openSlice(database: Database) {
  const query = database.query<Row, Record<string, string | number | null>>(
    `${select} WHERE id >= $from AND id < $below
     AND ($source IS NULL OR source = $source)
     AND ($type IS NULL OR type = $type OR substr(type, 1, instr(type, '^') - 1) = $type)
     AND ($receivedFrom IS NULL OR received_at >= $receivedFrom)
     AND ($receivedTo IS NULL OR received_at < $receivedTo)
     AND ($controls IS NULL OR hex(control) IN (SELECT value FROM json_each($controls)))
     AND ($subjects IS NULL OR EXISTS (SELECT 1 FROM json_each($subjects)
       WHERE instr(subjects, unhex(value)) % ${keyLength} = 1))
     AND (($state IS NULL AND $destination IS NULL)
       OR EXISTS (SELECT 1 FROM delivery INDEXED BY delivery_of_message
         WHERE message_id = journal.id AND ($state IS NULL OR state = $state)
         AND ($destination IS NULL OR destination = $destination)))
     ORDER BY id DESC LIMIT $room`,
  )
  return (
    { wanted, controls, subjects }: Sought,
    stretch: { from: number; below: number; room: number },
  ): Row[] => {
    const { source = null, type = null, state = null, destination = null } = wanted
    const { receivedFrom = null, receivedTo = null } = wanted
    const named = { source, type, state, destination }
    const asked = { ...named, receivedFrom, receivedTo, controls, subjects }
    return query.all({ ...asked, ...stretch })
  }
}

/** Keys as a statement takes any number of them. */
function listed(keys: readonly Buffer[]): string {
  return JSON.stringify(keys.map((key) => key.toString("hex").toUpperCase()))
}
