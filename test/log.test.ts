import { expect, test } from "bun:test"
import { openLog } from "../src/log.ts"

test("an event is one line of JSON: the time, its name, then its fields", () => {
  const lines: string[] = []
  const log = openLog(
    (line) => void lines.push(line),
    () => Date.UTC(2026, 3, 15, 9, 0, 0),
  )
  log("ready")
  log("malformed", { source: "lab", reason: "two\nlines", count: 2 })
  expect(lines).toEqual([
    '{"time":"2026-04-15T09:00:00.000Z","event":"ready"}\n',
    '{"time":"2026-04-15T09:00:00.000Z","event":"malformed","source":"lab",' +
      '"reason":"two\\nlines","count":2}\n',
  ])
})
