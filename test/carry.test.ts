import { expect, test } from "bun:test"
import type { Bundle } from "fhir/r4"
import { openCarrying } from "../src/carry.ts"
import type { Mapped } from "../src/mapping.ts"
import type { Issue, Message, Outcome, Sending, Told } from "../src/message.ts"
import { oru } from "./build.ts"

const never = new AbortController().signal
const delivered: Outcome = { outcome: "delivered", receipt: { status: 200 } }
const message = { id: 1, source: "lab", peer: "", receivedAt: 0, type: "ORU^R01", bytes: oru() }
const bundle: Bundle = { resourceType: "Bundle", type: "transaction", entry: [{}] }
const carrying = { destination: "central", key: "epoch-1", message, newer: [] }

function carrier(takes: "bundle" | "message", mapped: Mapped, issues: readonly Issue[] = []) {
  const sent: Sending[] = []
  const send = async (sending: Sending) => {
    sent.push(sending)
    return delivered
  }
  const outlets = { central: { takes, send } }
  const carry = openCarrying({ owned: () => [], map: () => mapped, check: () => issues, outlets })
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
    heldBy: "map",
  })
  expect(sent).toEqual([])
})

test("what has nothing to say in FHIR is done with, and nothing is sent for it", async () => {
  const notes = ["ACK is an acknowledgement: it is kept, and not mapped"]
  const nothing: Bundle = { resourceType: "Bundle", type: "transaction" }
  const { sent, carried } = carrier("bundle", { bundle: nothing, notes, told: [] })
  expect(await carried()).toEqual({
    outcome: {
      outcome: "delivered",
      receipt: { status: 204, sent: "nothing: the message has nothing to say in FHIR" },
    },
    told: [],
    notes,
  })
  expect(sent).toEqual([])
})

test("what is held for a code says so, and which codes have no place", async () => {
  const code = { codeMap: "tests", source: "lab", field: "OBX-3", system: "L", display: "" }
  const unmapped = [{ ...code, code: "GLU" }]
  const { sent, carried } = carrier("bundle", { problem: "a code has no place", unmapped })
  expect(await carried()).toMatchObject({ heldBy: "code", unmapped })
  expect(sent).toEqual([])
})

test("a Bundle with something wrong in it is held for the first thing, and not sent", async () => {
  const issues = [1, 2].map(
    (at): Issue => ({
      severity: "error",
      code: "required",
      text: "Observation.status is required",
      expression: `Bundle.entry[${at}].resource.status`,
    }),
  )
  const told = [{ resource: "Patient/p", part: "PID-13", value: null, messageId: 1 }]
  const record = { version: 1, populated: 20, read: 12 }
  const mapped = { bundle, notes: ["PID-7: no date"], told, record }
  const { sent, carried } = carrier("bundle", mapped, issues)
  expect(await carried()).toEqual({
    outcome: { outcome: "hold", reason: "preflight: Observation.status is required", issues },
    heldBy: "preflight",
    told: [],
    notes: ["PID-7: no date"],
    record,
  })
  expect(sent).toEqual([])
})

test("what can't be looked up for want of credentials pauses; other doubt is a retry", async () => {
  const owned = () => ["Patient/1"]
  const map = (): Mapped => ({ bundle, notes: [], told: [] })
  const outcomeOf = async (error: Error) => {
    const send = async () => delivered
    const look = () => Promise.reject(error)
    const outlets = { central: { takes: "bundle", send, look } } as const
    const carry = openCarrying({ owned, map, check: () => [], outlets })
    return (await carry(carrying, async () => [], never)).outcome
  }
  const outcome: Outcome = { outcome: "pause", reason: "clientSecretFile: gone" }
  expect(await outcomeOf(Object.assign(new Error("gone"), { outcome }))).toEqual(outcome)
  expect(await outcomeOf(new Error("away"))).toEqual({ outcome: "retry", reason: "away" })
})

test("a message is mapped once, and again only over what the destination itself had", async () => {
  const told = (resource: string, part: string): Told => ({
    resource,
    part,
    value: "1",
    messageId: 0,
  })
  const said = told("Patient/1", "PID-5")
  const ofVisit = told("Encounter/2", "PV1-3")
  const carriedWith = async (known: Told[], there: Told[], telling = [said, ofVisit]) => {
    const over: (readonly Told[])[] = []
    const looked: string[] = []
    const map = (_: Message, known: readonly Told[]): Mapped => {
      over.push(known)
      return { bundle, notes: [], told: telling }
    }
    const look = async (resource: string) => {
      looked.push(resource)
      return there
    }
    const outlets = { central: { takes: "bundle", send: async () => delivered, look } } as const
    const owned = () => ["Patient/1", "Encounter/2"]
    const carry = openCarrying({ owned, map, check: () => [], outlets })
    const carried = await carry(carrying, async () => [...known], never)
    return { over, looked, told: carried.told }
  }
  const phone = told("Patient/1", "PID-13")
  const ward = told("Encounter/2", "PV1-3")
  const read = told("Encounter/2", "read:location")
  expect(await carriedWith([phone, ward], [read])).toEqual({
    over: [[phone, ward]],
    looked: [],
    told: [said, ofVisit],
  })
  expect(await carriedWith([phone], [])).toEqual({
    over: [[phone]],
    looked: ["Encounter/2"],
    told: [said, ofVisit],
  })
  expect(await carriedWith([phone], [read])).toEqual({
    over: [[phone], [phone, read]],
    looked: ["Encounter/2"],
    told: [read, said, ofVisit],
  })
  // A map that lets nothing of the visit be remembered is shown it anew each time.
  expect(await carriedWith([phone], [read], [said])).toEqual({
    over: [[phone], [phone, read]],
    looked: ["Encounter/2"],
    told: [said],
  })
})
