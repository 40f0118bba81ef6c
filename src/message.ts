/**
 * The words of Waystation, each used for one idea and nowhere under another name.
 *
 *   site         the clinic the box stands in
 *   source       where messages come in
 *   destination  where they go
 *   message      what a source handed in: the exact wire bytes, and what was read off them
 *   verdict      the core's answer to a source, which turns it into its protocol's own reply
 *   journal      the messages in the order they came, append-only
 *   follow       to walk the journal past a mark and write down what each message entails
 *   route        which destinations are owed a message
 *   delivery     one message owed to one destination: pending → delivered | held | discarded
 *   held         waits for a person; never lost, never in the way of others
 *   subject      who a message is about: its patient keys, or the source itself where it has none
 *   lane         the deliveries to one destination that share a subject; they leave in order
 *   outcome      what a destination said to a delivery
 *   trail        the append-only record of what happened to a message
 *   map          a pure function from a message to a FHIR Bundle
 *   code map     what a site's own codes are in the standard coding systems
 *   known        what this box has told one destination about a patient or an encounter
 */
import type { Bundle, FhirResource } from "fhir/r4"

// ---------------------------------------------------------------- the first half: receive

/** What intake reads straight off the bytes, before anything is parsed in full. */
export interface Head {
  /** MSH-9 as `code^event`, for example `ORU^R01`; the code alone where no event is given. */
  type: string
  /** MSH-10. Not unique in the field: some analyzers always send "1". */
  controlId: string
  /** The patient keys: every PID-3 repetition (at most 8) and MRG-1. Empty: none was given. */
  subjects: string[]
  /** A STAT order or a critical result: it goes first when there is a backlog. */
  urgent: boolean
}

/** Why bytes can't be taken for a message, in the terms of HL7 v2 ERR (2.5.1, 2.15.5). */
export interface Malformed {
  /** ERR-3, table 0357. */
  code: 100 | 101 | 102 | 103 | 200 | 201 | 202 | 203 | 207
  /** ERR-2, for example `MSH^1^10`; empty where no place can be named. */
  location: string
  /** One sentence for the person who has to find out why. */
  reason: string
}

/** What a source hands over: the bytes as they came, who sent them, and what it read off them. */
export interface Handed {
  bytes: Uint8Array
  peer: string
  read: { head: Head } | { malformed: Malformed }
}

/** The core's answer to a source. Only `stored` and `duplicate` may become a positive reply. */
export type Verdict =
  | { verdict: "stored"; id: number }
  | { verdict: "duplicate"; id: number }
  | { verdict: "malformed"; malformed: Malformed }
  | { verdict: "unavailable"; reason: string }

/** A source's way into the core. Resolves once the message is on disk, or once it can't be. */
export type Receive = (handed: Handed) => Promise<Verdict>

/** A message of the journal. `id` is its place in the order of arrival, never used twice. */
export interface Message {
  id: number
  source: string
  peer: string
  /** Milliseconds since 1970 by the box's clock, which may lie: nothing is ordered by it. */
  receivedAt: number
  type: string
  bytes: Uint8Array
}

// ---------------------------------------------------------------- the second half: deliver

/** One line of the configuration: which messages go where. */
export interface Route {
  from: readonly string[]
  /** `ORU^R01` names one type, `ADT` a whole family; left out, every type. */
  type?: readonly string[] | undefined
  to: readonly string[]
}

export type DeliveryState = "pending" | "delivered" | "held" | "discarded"

/** One message owed to one destination, as the lanes hand it out. */
export interface Delivery {
  id: number
  destination: string
  /** Tries so far, this one not counted. */
  attempts: number
  /** It is a STAT order or a critical result, or goes before one in its lane. */
  urgent: boolean
  /**
   * It was replayed, and a newer message of one of its subjects was delivered before: what is there
   * already is not overwritten.
   */
  createOnly: boolean
  message: Message
}

/** The part of the configuration that a delivery was held by, and that may be mended. */
export type Cause = "map" | "code" | "preflight" | "destination"

/** What a destination keeps as its proof that it was given something. */
export interface Receipt {
  status: number
  [detail: string]: string | number
}

/** What a destination said. Doubt is `retry`; only a refusal of this message is `hold`. */
export type Outcome =
  | { outcome: "delivered"; receipt: Receipt }
  | ({ outcome: "retry"; afterMs?: number | undefined; doubt?: Doubt | undefined } & Why)
  | ({ outcome: "hold" } & Why)
  | ({ outcome: "pause" } & Why)

/**
 * A failure that may be this message's own, where it comes again and again. `conflict`: two that
 * are in flight at once may have met (409, 412). `fault`: the destination broke over it (500).
 */
export type Doubt = "conflict" | "fault"

/** Why a delivery did not go through. */
export interface Why {
  /** In our words, which name codes and addresses only: these may stand in the log. */
  reason: string
  /** In the destination's words, which may quote the message: for people, never for the log. */
  said?: string | undefined
  /** What the destination found wrong, place by place; in its words too. */
  issues?: readonly Issue[] | undefined
}

/** One issue of an OperationOutcome (R4, 2.37). */
export interface Issue {
  severity: string
  code: string
  text: string
  /** FHIRPath of the element; "" where none was named. */
  expression: string
}

/**
 * What one field of one message said about a resource this box keeps up to date. `value` is the
 * part of the resource it makes, as JSON; null: the sender deleted it (`""`).
 */
export interface Told {
  /** `Patient/<uuid>`: the type and the value of our own identifier. */
  resource: string
  /** The field that said it, for example `PID-13`; `read` for what was read at the destination. */
  part: string
  value: string | null
  /** The message that said it; 0 for what was read at the destination, older than any message. */
  messageId: number
}

export interface SiteSettings {
  id: string
  name?: string | undefined
  timezone: string
}

/** What every source that carries HL7 v2 can be told about its senders. */
export interface SourceSettings {
  /** The charset of messages whose MSH-18 says nothing. */
  charset?: string | undefined
  /** The assigning authority of patient numbers that name none (PID-3.4). */
  assigner?: string | undefined
  /** The zone of times without an offset; the site's where left out. */
  timezone?: string | undefined
  /** The sender's filler numbers start again every day: OBR-7's date joins the report's key. */
  fillerRepeats?: boolean | undefined
}

// ---------------------------------------------------------------- the shapes of the edge

/** What a room is given to work with. */
export interface Surroundings {
  site: SiteSettings
  log: Log
  /** Milliseconds since 1970. */
  now: () => number
}

/** An open way in. `close` stops taking messages in and resolves when what was read is answered. */
export interface Source {
  /** Where senders reach it, for people: `mllp 127.0.0.1:2575`. */
  readonly address: string
  /** Replies sent so far, by the protocol's own code: `{ AA: 12, AE: 1 }`. */
  readonly replies: Readonly<Record<string, number>>
  close(): Promise<void>
}

/** What is sent: a body that can be sent again, under a key that stays the same for it. */
export interface Sending {
  /** The store's epoch and the delivery's id; a destination adds a digest of what it sends. */
  key: string
  message: Message
  /** What the map made of it; of no entries for a destination that takes messages. */
  bundle: Bundle
}

/** An open way out. Must be safe to call twice with the same sending. */
export interface Destination {
  /** `message`: it is sent the bytes as they came, and no map is applied. Left out: `bundle`. */
  readonly takes?: "bundle" | "message" | undefined
  send(sending: Sending, signal: AbortSignal): Promise<Outcome>
  /** Reads one resource by our own identifier; undefined where there is none. Left out where the
   * destination can't be read; throws when it can't be now. `described`: what a message says. */
  find?(
    type: string,
    identifier: { system: string; value: string },
    signal: AbortSignal,
    described?: FhirResource,
  ): Promise<FhirResource | undefined>
  /** Says in the log what the far end says of itself. Asked once, and a condition of nothing. */
  greet?(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** One JSON line: ids, counts and codes, never message content. */
export type Log = (event: string, fields?: Record<string, unknown>) => void
