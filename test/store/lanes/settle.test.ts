import { expect, test } from "bun:test"
import type { Outcome } from "../../../src/message.ts"
import { temporaryFolder } from "../../build.ts"
import { storesOfThisFile } from "../stores.ts"
import { delivered, dueFor, held, oweAll } from "./owing.ts"

const { storeIn } = storesOfThisFile()

test.each<[string, Outcome]>([
  ["delivered", delivered],
  ["held", held],
])(
  "of a message that was %s the trail tells what the map has read of it",
  async (event, outcome) => {
    const store = await storeIn(temporaryFolder())
    await oweAll(store, [{ subjects: ["P-1"] }])
    const [due] = await dueFor(store)
    if (!due) throw new Error("nothing was due")
    const record = { version: 1, populated: 57, read: 41 }
    const settlement = { outcome, dueAt: 0, told: [], notes: ["PID-7: no date"], record, at: 0 }
    await store.settle(
      { id: due.id, destination: "central", messageId: due.message.id },
      settlement,
    )
    const { trail } = (await store.tank.one(due.id)) ?? {}
    expect(trail?.at(-1)).toMatchObject({
      event,
      detail: { map: record, notes: ["PID-7: no date"] },
    })
  },
)
