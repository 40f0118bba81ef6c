import * as v from "valibot"

/** The files of a backup. The key is what the database can't be read in order without. */
export const backupNames = { manifest: "manifest.json", database: "waystation.db", key: "box.key" }

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** What a backup says of itself, in its first file. */
export const manifestSchema = v.object({
  /** ISO 8601, by the clock of the box it was made on. */
  madeAt: v.pipe(v.string(), v.isoTimestamp()),
  /** The database's schema: how many migrations made it. */
  schema: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** Of each other file its SHA-256. */
  sha256: v.record(v.string(), digest),
})

export type Manifest = v.InferOutput<typeof manifestSchema>
