/** Run by a test on a disk whose fsyncs take long: prints how long each write of a store took. */
import { openStore } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { followTo } from "../follow-to.ts"

const store = await openStore(temporaryFolder())
const took: { durable: boolean; write: string; ms: number }[] = []
let sent = 0

async function timed(durable: boolean, write: string, done: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now()
  await done()
  took.push({ durable, write, ms: performance.now() - startedAt })
}

function append(after: string): Promise<void> {
  const controlId = `N${++sent}`
  const about = { source: "lab", peer: "10.0.0.7:4711", receivedAt: 1, type: "ORU^R01" }
  const message = { ...about, controlId, subjects: [controlId], bytes: Buffer.from(controlId) }
  return timed(true, `a message ${after}`, () => store.append(message))
}

/** Settles the first delivery that is due. */
async function settle(): Promise<void> {
  const options = { now: 1, patienceMs: 1, limit: 1, except: new Set<number>() }
  const [delivery] = await store.next("central", options)
  if (!delivery) throw new Error("nothing is due")
  const outcome = { outcome: "delivered", receipt: { status: 200 } } as const
  const settlement = { outcome, dueAt: 0, told: [], notes: [], at: 1 }
  const settled = { ...delivery, messageId: delivery.message.id }
  await timed(false, "a settlement", () => store.settle(settled, settlement))
}

const follow = () => timed(false, "following", () => followTo(store, "central"))
const malformed = { code: 100, location: "", reason: "there is no MSH segment" } as const
let refusals = 0

/** Other bytes each time: what is there already is on disk already. */
function refused() {
  const bytes = Buffer.from(`x${refusals++}`)
  return { source: "lab", peer: "", receivedAt: 1, malformed, bytes }
}

for (let round = 0; round < 3; round++) {
  await append("by itself")
  await append("after another one")
  await follow()
  await append("after following")
  await settle()
  await append("after a settlement")
  await follow()
  await Promise.all([append("beside another one"), append("beside a settlement"), settle()])
  await store.hurry("central")
  await timed(true, "what is no message", () => store.quarantine(refused()))
  await store.hurry("central")
  await timed(true, "the configuration", () => store.remember("config", String(round)))
}
await store.close()
console.log(JSON.stringify(took))
