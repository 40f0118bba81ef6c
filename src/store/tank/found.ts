import type { Database } from "bun:sqlite"
import type { Cause, DeliveryState, Issue, Receipt } from "../../message.ts"

/** A delivery as people look at it. */
export interface Found {
  id: number
  destination: string
  state: DeliveryState
  messageId: number
  source: string
  type: string
  receivedAt: number
  urgent: boolean
  replayed: boolean
  /** Tries since it was followed, or since it was replayed. */
  attempts: number
  /** When a pending one is tried again; 0: as soon as it is its turn. */
  dueAt: number
  /** Since when it is delivered, held or discarded. */
  settledAt: number | null
  /** Why it waits, is held or was discarded; in our words or the person's. */
  reason: string | null
  /** In the destination's words, which may quote the message. */
  said: string | null
  issues: Issue[]
  cause: Cause | null
  receipt: Receipt | null
}

/** Which deliveries are wanted; what is left out is not asked for. */
export interface Wanted {
  /** Left out: those that are held. */
  state?: DeliveryState | undefined
  destination?: string | undefined
  reason?: string | undefined
  source?: string | undefined
  /** `ORU^R01`, or `ADT` for the whole family. */
  type?: string | undefined
  /** Received at this time or after it, and before that one; milliseconds since 1970. */
  receivedFrom?: number | undefined
  receivedTo?: number | undefined
  /** What each part of the configuration is now, by its digest: those held by what was changed. */
  causeGone?: Partial<Record<Cause, string>> | undefined
}

/** Rows looked at in one go: at some 2 µs each nobody else waits for long. */
export const sliceMax = 500

interface Row extends Omit<Found, "urgent" | "replayed" | "issues" | "receipt"> {
  urgent: number
  replayed: number
  issues: string | null
  receipt: string | null
}

/** Some of those that are wanted, the newest first, and below which id to go on. */
export interface Slice {
  deliveries: Found[]
  before: number | undefined
}

/** Looks for deliveries, one slice of the ids at a time. */
export function openFind(database: Database) {
  const newest = database.query<{ id: number | null }, []>("SELECT max(id) AS id FROM delivery")
  const lowestHeld = database.query<{ id: number | null }, [number, number]>(
    `SELECT min(id) AS id FROM (SELECT id FROM delivery INDEXED BY delivery_held
     WHERE state = 'held' AND id < ? ORDER BY id DESC LIMIT ?)`,
  )
  const one = database.query<Row, [number]>(`${select} WHERE delivery.id = ?`)
  const ofMessage = database.query<Row, [number]>(
    `${select} WHERE message_id = ? ORDER BY delivery.id`,
  )
  /** Where the next slice below `before` ends; undefined where there is none. */
  function lowestOf(state: DeliveryState, before: number): number | undefined {
    if (state === "held") return lowestHeld.get(before, sliceMax)?.id ?? undefined
    return before > 1 ? Math.max(1, before - sliceMax) : undefined
  }
  return {
    one: (id: number): Found | undefined => one.all(id).map(foundOf)[0],
    ofMessage: (messageId: number): Found[] => ofMessage.all(messageId).map(foundOf),
    slice(wanted: Wanted, limit: number, before = (newest.get()?.id ?? 0) + 1): Slice {
      const { state = "held", causeGone, ...rest } = wanted
      const from = lowestOf(state, before)
      if (from === undefined) return { deliveries: [], before: undefined }
      const gone = causeGone ? JSON.stringify(causeGone) : null
      const asked = { ...nothing, ...rest, gone, from, before, limit }
      const rows = database.query<Row, typeof asked>(wantedIn(state)).all(asked)
      const last = rows.length === limit ? rows.at(-1)?.id : undefined
      return { deliveries: rows.map(foundOf), before: last ?? from }
    },
  }
}

const select = `SELECT delivery.id, destination, state, message_id AS messageId, source, type,
  received_at AS receivedAt, delivery.urgent, replayed, attempts, due_at AS dueAt,
  settled_at AS settledAt, reason, said, issues, cause, receipt
  FROM delivery JOIN journal ON journal.id = message_id`

/** SQLite would take what is not given for NULL as well, but `strict` wants it said. */
const nothing = {
  destination: null,
  reason: null,
  source: null,
  type: null,
  receivedFrom: null,
  receivedTo: null,
} satisfies Partial<Record<keyof Wanted, null>>

/** The state stands in the text: only so is the index of those that are held of use. */
function wantedIn(state: DeliveryState): string {
  return `${select.replace("JOIN", state === "held" ? "INDEXED BY delivery_held JOIN" : "JOIN")}
    WHERE state = '${state}' AND delivery.id >= $from AND delivery.id < $before
    AND ($destination IS NULL OR destination = $destination)
    AND ($reason IS NULL OR reason = $reason)
    AND ($source IS NULL OR source = $source)
    AND ($type IS NULL OR type = $type OR substr(type, 1, instr(type, '^') - 1) = $type)
    AND ($receivedFrom IS NULL OR received_at >= $receivedFrom)
    AND ($receivedTo IS NULL OR received_at < $receivedTo)
    AND ($gone IS NULL OR basis <> $gone ->> cause)
    ORDER BY delivery.id DESC LIMIT $limit`
}

function foundOf({ urgent, replayed, issues, receipt, ...row }: Row): Found {
  return {
    ...row,
    urgent: urgent === 1,
    replayed: replayed === 1,
    issues: issues === null ? [] : JSON.parse(issues),
    receipt: receipt === null ? null : JSON.parse(receipt),
  }
}
