import { expect, test } from "bun:test"
import { copyFileSync, existsSync } from "node:fs"
import { join } from "node:path"
import type { Store } from "../../../src/store/index.ts"
import { temporaryFolder } from "../../build.ts"
import { type Chance, chanceFrom, pick, seed } from "../../fuzz/chance.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

/** What a sender hands in; a `broken` one is refused by the disk, whatever stands beside it. */
interface Sent {
  controlId: string
  text: string
  broken: boolean
}

function append(store: Store, { controlId, text, broken }: Sent) {
  const type = broken ? (null as unknown as string) : "ORU^R01"
  const about = { source: "lab", peer: "10.0.0.7:4711", receivedAt: 1, subjects: ["CLINIC|P-1"] }
  return store.append({ ...about, type, controlId, bytes: Buffer.from(text) })
}

/** What must become of messages that come in one turn, and what is in the journal then. */
function expected(sent: readonly Sent[], journal: Sent[], latest: Map<string, number>) {
  const arriving = new Map<string, { sent: Sent; id: number | undefined }>()
  const answers = sent.map((one) => {
    const before = latest.get(one.controlId)
    const ahead =
      arriving.get(one.controlId) ?? (before && { sent: journal[before - 1], id: before })
    if (ahead && ahead.sent?.text === one.text) {
      return ahead.id === undefined ? "refused" : { id: ahead.id, repeat: true }
    }
    const id = one.broken ? undefined : journal.push(one)
    arriving.set(one.controlId, { sent: one, id })
    return id === undefined ? "refused" : { id, repeat: false }
  })
  for (const [id, { controlId }] of journal.entries()) latest.set(controlId, id + 1)
  return answers
}

/** Up to 12 messages under few control ids and of few texts, here and there one that is broken. */
function turnFrom(chance: Chance): Sent[] {
  return Array.from({ length: 1 + chance(12) }, () => {
    const broken = chance(12) === 0
    const text = pick(chance, ["5.4", "6.1", "7.0"])
    return { controlId: `${chance(6)}`, text: broken ? `${text} broken` : text, broken }
  })
}

/** Opens what a process leaves that is killed now: its files as they are, in another folder. */
async function afterKill(store: Store, folder: string): Promise<{ store: Store; folder: string }> {
  const left = temporaryFolder()
  for (const name of ["waystation.db", "waystation.db-wal", "box.key"]) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(left, name))
  }
  await close(store)
  return { store: await storeIn(left), folder: left }
}

test("whatever comes again, fails or is killed, a message is stored once, in order", async () => {
  console.log(`seed ${seed}`)
  const chance = chanceFrom(seed)
  let folder = temporaryFolder()
  let store = await storeIn(folder)
  const journal: Sent[] = []
  const latest = new Map<string, number>()
  for (let turn = 0; turn < 300; turn++) {
    const sent = turnFrom(chance)
    const settled = await Promise.allSettled(sent.map((one) => append(store, one)))
    const answers = settled.map((one) => (one.status === "fulfilled" ? one.value : "refused"))
    expect(answers).toEqual(expected(sent, journal, latest))
    if (chance(3) === 0) await followTo(store, "central")
    if (chance(20) === 0) ({ store, folder } = await afterKill(store, folder))
  }
  await followTo(store, "central")
  expect(await delivered(store)).toEqual(journal.map(({ text }) => text))
})

/** Delivers all that is owed; gives the texts in the order they went out. */
async function delivered(store: Store): Promise<string[]> {
  const texts: string[] = []
  const options = { now: 1, patienceMs: 1, limit: 9, except: new Set<number>() }
  const outcome = { outcome: "delivered", receipt: { status: 200 } } as const
  for (;;) {
    const due = await store.next("central", options)
    if (due.length === 0) return texts
    for (const delivery of due) {
      texts.push(Buffer.from(delivery.message.bytes).toString())
      await store.settle(
        { ...delivery, messageId: delivery.message.id },
        { outcome, dueAt: 0, told: [], notes: [], at: 1 },
      )
    }
  }
}
