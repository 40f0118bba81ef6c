import * as v from "valibot"
import { bytes, duration } from "../units.ts"

/** `[store]`: how the box keeps its messages. All of it may be left out. */
export const storeConfig = v.strictObject({
  /** How long the same bytes under the same control id are known as a repeat. */
  duplicateWindow: v.optional(duration, "30d"),
  /** Below so much free space nothing is taken in; an eighth of the disk, at most 64 MiB. */
  lowWater: v.optional(bytes),
  /** Kept for when others fill the disk; a sixteenth of it, at most 64 MiB. */
  reserve: v.optional(bytes),
})

export type StoreConfig = v.InferOutput<typeof storeConfig>

/** What stands where nothing is said. */
export const storeDefaults: StoreConfig = v.parse(storeConfig, {})

/** `[retention]`: how long what is done with is kept. Pending and held messages always are. */
export const retentionConfig = v.strictObject({
  /** Delivered to every destination that was owed it. */
  delivered: v.optional(duration, "30d"),
  /** Wanted by no route. */
  unrouted: v.optional(duration, "90d"),
  /** Given up by a person for at least one destination. */
  discarded: v.optional(duration, "90d"),
  /** What was no message. */
  quarantined: v.optional(duration, "90d"),
  /** What was told of an order, an appointment or a document, after the last message about it. */
  known: v.optional(duration, "730d"),
})

/** Each in ms. */
export type RetentionConfig = v.InferOutput<typeof retentionConfig>
