import * as v from "valibot"
import { timezone } from "../units.ts"
import { encodingNamed } from "./charset.ts"

/** What every source of HL7 v2 can be told about its senders: the keys of `SourceSettings`. */
export const senderSettings = {
  charset: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (name) => encodingNamed(name) !== undefined,
        'must be a charset of HL7 table 0211 or a usual name, such as "8859/1" or "windows-1252"',
      ),
    ),
  ),
  assigner: v.optional(v.pipe(v.string(), v.nonEmpty("must not be empty"))),
  timezone: v.optional(timezone),
  fillerRepeats: v.optional(v.boolean("must be true or false")),
}
