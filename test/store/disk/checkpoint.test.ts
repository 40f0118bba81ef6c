import { expect, test } from "bun:test"
import { statSync } from "node:fs"
import { join } from "node:path"
import type { Store } from "../../../src/store/index.ts"
import { storeDefaults } from "../../../src/store/settings.ts"
import { temporaryFolder } from "../../build.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn } = storesOfThisFile()

/** A quarter of it is how long the log becomes. */
const reserve = 16 * 1024 ** 2
const logBytes = reserve / 4

async function storeMessages(store: Store, from: number, messages: number): Promise<void> {
  const about = { source: "lab", peer: "", receivedAt: 1, type: "ORU^R01", subjects: [] }
  for (let n = from; n < from + messages; n++) {
    const bytes = Buffer.alloc(2_000, `N${n}`)
    await store.append({ ...about, controlId: `N${n}`, bytes })
  }
}

/** The log's length at its longest, while so many messages came in at this pace. */
async function longestLog(messages: number, together: number, pauseMs: number): Promise<number> {
  const folder = temporaryFolder()
  const store = await storeIn(folder, { ...storeDefaults, reserve })
  let longest = 0
  for (let n = 0; n < messages; n += together) {
    await storeMessages(store, n, together)
    longest = Math.max(longest, statSync(join(folder, "waystation.db-wal")).size)
    await Bun.sleep(pauseMs)
  }
  return longest
}

test("the log is copied into the database before it is full: no commit has to", async () => {
  const longest = await longestLog(2_000, 16, 5)
  expect(longest).toBeGreaterThan(logBytes / 2)
  expect(longest).toBeLessThan(logBytes)
})

test("the log begins anew however fast messages come in", async () => {
  expect(await longestLog(5_000, 500, 0)).toBeLessThan(2 * logBytes)
})
