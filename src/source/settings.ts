import * as v from "valibot"
import type { SourceSettings } from "../message.ts"
import { bytes } from "../units.ts"

/** A message larger than SQLite's billion bytes could never be stored, nor be told so in time. */
const frameMaxMax = 512 * 1024 ** 2

/** The largest message taken in: what one sender may have of the memory at least. */
export const frameMax = v.optional(
  v.pipe(bytes, v.maxValue(frameMaxMax, "must not be more than 512MiB: it is held in memory")),
  "50MiB",
)

/** What every source that carries v2 can be told about its replies, and about what it minds. */
export const answerSettings = {
  /** `[source.lab.ack]` */
  ack: v.optional(
    v.strictObject({
      /**
       * `auto`: original mode, and enhanced mode for a message whose MSH-15 or MSH-16 asks for it.
       * `original`: AA, AE or AR whatever it asks, for senders that can't read CA. `enhanced`: CA,
       * CE or CR for a message that says nothing in MSH-15, and what it says otherwise.
       */
      mode: v.optional(
        v.picklist(["auto", "original", "enhanced"], 'must be "auto", "original" or "enhanced"'),
        "auto",
      ),
      /** When the disk has it: there is no mode that answers earlier. */
      when: v.optional(
        v.literal("stored", 'must be "stored": nothing is answered earlier'),
        "stored",
      ),
      /** To a batch (FHS, BHS): a batch of acknowledgements, or each by itself. */
      batch: v.optional(
        v.picklist(["wrapped", "single"], 'must be "wrapped" or "single"'),
        "wrapped",
      ),
    }),
    {},
  ),
  /** Message types taken in: `ORU^R01`, or `ADT` for all of a family. Left out, every one. */
  type: listOf(
    v.pipe(
      v.string("must be a message type in quotes"),
      v.regex(/^[A-Z0-9]{3}(\^[A-Z0-9]{3})?$/, 'must be like "ORU^R01", or "ADT" for all'),
    ),
    'must be a list of types, such as ["ORU^R01", "ADT"]',
  ),
  /** Processing ids (MSH-11) taken in, such as `["P"]` where test messages are to be refused. */
  processing: listOf(
    v.picklist(["P", "T", "D"], 'must be "P", "T" or "D" (HL7 table 0103)'),
    'must be a list of processing ids, such as ["P"]',
  ),
  /** Versions (MSH-12) taken in, such as `["2.3.1", "2.5.1"]`. */
  version: listOf(
    v.pipe(
      v.string('must be a version in quotes, such as "2.5.1"'),
      v.regex(/^2(\.\d){1,2}$/, 'must be a version in quotes, such as "2.5.1"'),
    ),
    'must be a list of versions, such as ["2.3.1", "2.5.1"]',
  ),
}

function listOf<Item extends v.GenericSchema<string, string>>(item: Item, example: string) {
  return v.optional(v.pipe(v.array(item, example), v.minLength(1, "must not be empty")))
}

const schema = v.object(answerSettings)

/** The settings of a source that carries v2, as its schema gives them. */
export type AnswerSettings = SourceSettings & v.InferOutput<typeof schema>
