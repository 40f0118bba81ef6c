import { expect, test } from "bun:test"
import { join } from "node:path"
import { openStore } from "../../src/store/index.ts"
import { temporaryFolder } from "../build.ts"
import { delivered, held, kept, note, rows, settleAll, takeIn, takeInFor } from "../store/aged.ts"
import { followTo } from "../store/follow-to.ts"

/** How long a round may purge before it is killed. */
const roundMsMax = 250
const roundsMin = 2

/** Purges `folder` in a process of its own, and kills it in the middle; answers its end. */
async function purgeAndKill(folder: string): Promise<number> {
  const program = join(import.meta.dir, "purging.ts")
  const child = Bun.spawn([process.execPath, program, folder], { stdout: "pipe" })
  await child.stdout.getReader().read()
  await Bun.sleep(Math.random() * roundMsMax)
  child.kill("SIGKILL")
  return child.exited
}

test("killed while it purges, again and again, a box loses nothing and goes on", async () => {
  const folder = temporaryFolder()
  const store = await openStore(folder)
  const stays = [...(await takeInFor(store, 50, "central"))]
  await settleAll(store, "central", held)
  for (let round = 0; round < 6; round++) {
    await takeIn(store, 2_000, 1_500)
    await followTo(store, "central")
    await settleAll(store, "central", delivered)
  }
  stays.push(...(await takeInFor(store, 50, "central")))
  await note(store, 0)
  await store.close()
  const before = kept(folder).length
  let rounds = 0
  for (let code = -1; code !== 0; rounds++) {
    code = await purgeAndKill(folder)
    // Whole, or wholly gone: then one line is left of it.
    expect(rows(folder, "SELECT DISTINCT message_id AS id FROM delivery ORDER BY id")).toEqual(
      rows(folder, "SELECT id FROM journal ORDER BY id"),
    )
    const gone = rows<{ id: number; lines: number; purged: number }>(
      folder,
      `SELECT message_id AS id, count(*) AS lines, sum(event = 'purged') AS purged FROM trail
       WHERE message_id NOT IN (SELECT id FROM journal) GROUP BY message_id`,
    )
    expect(gone.filter(({ lines, purged }) => lines !== 1 || purged !== 1)).toEqual([])
    expect(gone.length + kept(folder).length).toBe(before)
    expect(rows(folder, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }])
  }
  expect(kept(folder)).toEqual(stays)
  console.log(`${rounds} rounds`)
  expect(rounds).toBeGreaterThan(roundsMin)
}, 60_000)
