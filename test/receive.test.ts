import { describe, expect, test } from "bun:test"
import type { Handed } from "../src/message.ts"
import { openReceiving } from "../src/receive.ts"

const head = { type: "ORU^R01", controlId: "C1", subjects: [], urgent: false }
const handed = (text: string): Handed => {
  return { bytes: Buffer.from(text), peer: "10.0.0.7:4711", read: { head } }
}

/** The way in to a disk that is full or not, and that has stored one message: `A`. */
function receiving() {
  const disk = { full: false }
  const events: string[] = []
  const check = async () => {
    if (disk.full) throw new Error("the disk has 0.0 MiB left")
  }
  const store = {
    async append({ bytes }: { bytes: Uint8Array }) {
      const repeat = Buffer.from(bytes).toString() === "A"
      if (!repeat) await check()
      return { id: 1, repeat }
    },
    quarantine: check,
    refusal: async () => (disk.full ? "the disk has 0.0 MiB left" : undefined),
    probe: check,
  }
  const log = (event: string) => void events.push(event)
  const { from, look, refusing } = openReceiving({ store, log, now: () => 0, onStored() {} })
  return { disk, events, receive: from("lab"), look, refusing }
}

describe("a full disk", () => {
  test("is in the log once, whatever is answered meanwhile", async () => {
    const { disk, events, receive, look, refusing } = receiving()
    disk.full = true
    for (let at = 0; at < 3; at++) {
      expect(await receive(handed("B"))).toMatchObject({ verdict: "unavailable" })
      expect(await receive(handed("A"))).toEqual({ verdict: "duplicate", id: 1 })
      await look()
    }
    expect(refusing()).toBe("the disk has 0.0 MiB left")
    expect(events).toEqual(["disk-refuses"])
  })

  test("is known, also when no message comes", async () => {
    const { disk, look, refusing, events } = receiving()
    disk.full = true
    await look()
    expect(refusing()).toBe("the disk has 0.0 MiB left")
    disk.full = false
    await look()
    expect(refusing()).toBeUndefined()
    expect(events).toEqual(["disk-refuses", "disk-accepts-again"])
  })
})
