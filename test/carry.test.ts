import { expect, test } from "bun:test"
import { openCarrying } from "../src/carry.ts"
import type { Mapped, Outcome, Sending } from "../src/message.ts"
import { oru } from "./build.ts"

const never = new AbortController().signal
const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
const message = { id: 1, source: "lab", peer: "", receivedAt: 0, type: "ORU^R01", bytes: oru() }
const carrying = { destination: "central", key: "epoch-1", message, newer: [] }

function carrier(takes: "bundle" | "message", mapped: Mapped) {
  const sent: Sending[] = []
  const send = async (sending: Sending) => {
    sent.push(sending)
    return delivered
  }
  const carry = openCarrying({ map: () => mapped, outlets: { central: { takes, send } } })
  return { sent, carried: () => carry(carrying, async () => [], never) }
}

test("a destination that takes messages gets what no map could be applied to", async () => {
  const { sent, carried } = carrier("message", { problem: "no map for ORU^R01" })
  expect((await carried()).outcome).toEqual(delivered)
  expect(sent[0]?.message.bytes).toEqual(oru())
})

test("what a map holds is not sent, and says nothing about the destination", async () => {
  const { sent, carried } = carrier("bundle", { problem: "no PID segment" })
  expect(await carried()).toMatchObject({
    outcome: { outcome: "hold", reason: "no PID segment" },
    asked: false,
  })
  expect(sent).toEqual([])
})
