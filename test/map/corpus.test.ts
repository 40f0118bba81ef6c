import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { preflight } from "../../src/fhir/preflight.ts"
import { parseMessage } from "../../src/hl7/message.ts"
import { mapMessage, maps } from "../../src/map/index.ts"
import { invalid } from "../validate.ts"
import { context, message } from "./build.ts"

/**
 * Messages of other projects, with their own licences, that are no part of this one. Where the
 * folder is there, it stands beside the checkout; nothing else in the tests needs it.
 */
const corpus = join(import.meta.dir, "../../../shared/corpus")

if (existsSync(join(corpus, "index.tsv"))) {
  describe("other projects' messages", () => {
    const files = messagesOf(join(corpus, "index.tsv"))

    test("are more than a handful, so that this suite has something to look at", () => {
      expect(files.length).toBeGreaterThan(20)
    })

    test.each(files)("%s converts to resources that are all valid", (file) => {
      const bytes = new Uint8Array(readFileSync(join(corpus, file)))
      const mapped = convert(bytes)
      if ("problem" in mapped) throw new Error(mapped.problem)
      expect(invalid(mapped.bundle)).toEqual([])
      expect(preflight(mapped.bundle)).toEqual([])
      expect(convert(bytes)).toEqual(mapped)
    })
  })
} else {
  // The folder is no part of the project: a checkout of its own has nothing to convert here.
  test.skip("other projects' messages convert: ../shared/corpus is not there", () => {})
}

/** The messages of the types there are maps for, but for the broken ones and those of nobody. */
function messagesOf(index: string): string[] {
  const [, ...rows] = readFileSync(index, "utf8").trim().split("\n")
  return rows
    .map((row) => row.split("\t")[0] ?? "")
    .filter((file) => file.endsWith(".hl7") && !file.startsWith("mutants/"))
    .filter((file) => {
      const bytes = new Uint8Array(readFileSync(join(corpus, file)))
      const { type } = message([], { bytes })
      const mapped = maps.some(({ types }) => types.includes(type))
      return mapped && parseMessage(bytes).first("PID") !== undefined
    })
}

function convert(bytes: Uint8Array) {
  return mapMessage(maps, message([], { bytes }), context())
}
