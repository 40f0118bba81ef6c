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
