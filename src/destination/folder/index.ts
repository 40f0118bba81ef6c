import { isAbsolute } from "node:path"
import * as v from "valibot"
import type { Destination } from "../../message.ts"
import { body, delivering } from "../settings.ts"
import { openFolder } from "./write.ts"

const config = v.strictObject({
  kind: v.literal("folder"),
  /** A folder that is there. It is not made: what is missing is mostly a share not mounted. */
  path: v.pipe(
    v.string('must be the path of a folder in quotes, such as "/srv/results"'),
    v.check(isAbsolute, 'must be a whole path, such as "/srv/results"'),
  ),
  body: v.optional(body, "hl7"),
  ...delivering,
})

export type FolderConfig = v.InferOutput<typeof config>

/** Files in a folder, one a delivery, for a program that picks them up. */
export const folder = {
  config,
  open: (_name: string, settings: FolderConfig): Destination => openFolder(settings),
}
