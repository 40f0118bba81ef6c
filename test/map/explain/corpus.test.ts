import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseMessage } from "../../../src/hl7/message.ts"
import { explain } from "../../../src/map/explain/index.ts"
import { mapMessage, maps } from "../../../src/map/index.ts"
import { context, message } from "../build.ts"

/** Messages of other projects beside the checkout, where they are: see test/map/corpus.test.ts. */
const corpus = join(import.meta.dir, "../../../../shared/corpus")

/** Of these no field may be dropped without a reason that is better than that it was. */
const accounted = new Set([
  ...["PID", "PV1", "ORC", "OBR", "OBX", "SPM", "RXA", "SCH", "TXA", "FT1", "AL1", "DG1", "IN1"],
  ...["NK1", "PRT"],
])

if (existsSync(join(corpus, "index.tsv"))) {
  describe("every field of other projects' messages is mapped, or left out for a reason", () => {
    const [, ...rows] = readFileSync(join(corpus, "index.tsv"), "utf8").trim().split("\n")
    const files = rows.map((row) => row.split("\t")[0] ?? "").filter((file) => /\.hl7$/.test(file))

    test.each(files)("%s", explainFile, 60_000)
  })
} else {
  // The folder is no part of the project: a checkout of its own has nothing to explain here.
  test.skip("every field is explained: ../shared/corpus is not there", () => {})
}

function populatedOf(bytes: Uint8Array): string[] {
  return parseMessage(bytes).segments.flatMap((segment) =>
    segment.populated().map((field) => `${segment.name}-${field}`),
  )
}

function explainFile(file: string): void {
  const bytes = new Uint8Array(readFileSync(join(corpus, file)))
  const given = message([], { bytes })
  const map = (one: typeof given) => mapMessage(maps, one, context())
  const explained = explain(given, { site: "kisumu-01", source: {}, map })
  // A message that is held has the reason for all of it.
  if (typeof explained === "string") return
  const populated = populatedOf(bytes)
  const named = explained.map(({ field }) => field.replaceAll(/\[\d+\]/g, ""))
  expect(new Set(named)).toEqual(new Set(populated))
  const unexplained = explained.filter(
    (one) => "leftOut" in one && one.leftOut === "no map makes anything of it",
  )
  expect(unexplained.filter(({ field }) => accounted.has(field.slice(0, 3)))).toEqual([])
}
