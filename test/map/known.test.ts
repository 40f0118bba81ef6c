import { describe, expect, test } from "bun:test"
import type { Patient } from "fhir/r4"
import { layKnown, readParts } from "../../src/map/known.ts"
import type { Part } from "../../src/map/part.ts"
import type { Told } from "../../src/message.ts"

const resource = "Patient/p1"
const elementsOf = (part: string) => (part === "PID-13" ? ["telecom"] : [])
const phone = (value: string) => ({ telecom: [{ system: "phone", value }] })

function part(name: string, makes: object | null): Part {
  return { part: name, makes, mentions: [] }
}

/** What is known after these messages were delivered in this order, as the store keeps it. */
function knownAfter(...messages: [id: number, parts: Part[]][]): Told[] {
  const known = new Map<string, Told>()
  for (const [messageId, parts] of messages) {
    for (const row of layKnown(resource, parts, { messageId, known: [] }, elementsOf).told) {
      const before = known.get(row.part)
      if (before === undefined || before.messageId <= messageId) known.set(row.part, row)
    }
  }
  return [...known.values()]
}

function lay(messageId: number, parts: Part[], known: Told[]) {
  return layKnown(resource, parts, { messageId, known }, elementsOf)
}

describe("what is known of a patient", () => {
  test("stays when a later message leaves it out", () => {
    const known = knownAfter([1, [part("PID-13", phone("1")), part("PID-8", { gender: "female" })]])
    const { elements } = lay(2, [part("PID-8", { gender: "other" })], known)
    expect(elements).toEqual({ gender: "other", ...phone("1") })
  })

  test("goes when a later message deletes it, and stays gone", () => {
    const known = knownAfter([1, [part("PID-13", phone("1"))]], [2, [part("PID-13", null)]])
    expect(lay(3, [part("PID-8", { gender: "other" })], known).elements).toEqual({
      gender: "other",
    })
    expect(lay(3, [part("PID-13", phone("3"))], known).elements).toEqual(phone("3"))
  })

  test("is not turned back by an older message that is sent again", () => {
    const known = knownAfter([1, [part("PID-13", phone("1"))]], [5, [part("PID-13", phone("5"))]])
    const { elements, told } = lay(1, [part("PID-13", phone("1"))], known)
    expect(elements).toEqual(phone("5"))
    expect(told.map(({ messageId }) => messageId)).toEqual([1])
  })

  test("is what the same message says when a mended map reads it otherwise", () => {
    const known = knownAfter([
      4,
      [part("PID-13", phone("wrong")), part("PID-6", { extension: [] })],
    ])
    expect(lay(4, [part("PID-13", phone("right"))], known).elements).toEqual(phone("right"))
  })

  test("of another patient is nobody's business", () => {
    const known = knownAfter([1, [part("PID-13", phone("1"))]]).map((row) => ({
      ...row,
      resource: "Patient/p2",
    }))
    expect(lay(2, [], known).elements).toEqual({})
  })

  test("is joined in the order of the fields, not in the order it was told", () => {
    const known = knownAfter([1, [part("PID-14", phone("14")), part("PID-9", { name: ["b"] })]])
    const { elements } = lay(
      2,
      [part("PID-13", phone("13")), part("PID-5", { name: ["a"] })],
      known,
    )
    expect(elements).toEqual({
      name: ["a", "b"],
      telecom: [...phone("13").telecom, ...phone("14").telecom],
    })
  })

  test("joins what two fields say of one element", () => {
    const known = knownAfter([1, [part("PV1-44", { period: { start: "2026-04-15" } })]])
    const { elements } = lay(2, [part("PV1-45", { period: { end: "2026-04-16" } })], known)
    expect(elements).toEqual({ period: { start: "2026-04-15", end: "2026-04-16" } })
  })

  test("is told field by field, also where two of them make one element", () => {
    const admitted = part("PV1-44", { period: { start: "2026-04-15" } })
    const discharged = part("PV1-45", { period: { end: "2026-04-16" } })
    const { told } = lay(1, [admitted, discharged], [])
    expect(told.map(({ value }) => JSON.parse(value ?? "null").makes)).toEqual([
      { period: { start: "2026-04-15" } },
      { period: { end: "2026-04-16" } },
    ])
  })

  test("brings along the resources it refers to, of the parts that count only", () => {
    const doctor = (family: string) => ({
      resourceType: "Practitioner" as const,
      name: [{ family }],
    })
    const said = (family: string): Part => ({
      part: "PD1-4",
      makes: { generalPractitioner: [{ display: family }] },
      mentions: [doctor(family)],
    })
    const known = knownAfter([1, [said("OTIENO")]])
    expect(lay(2, [], known).mentions).toEqual([doctor("OTIENO")])
    expect(lay(2, [said("WERE")], known).mentions).toEqual([doctor("WERE")])
  })
})

describe("what was read at the destination", () => {
  const own = { system: "urn:waystation:kisumu-01", value: "p1" }
  const registry = { system: "urn:registry", value: "R-9" }
  const there: Patient = {
    resourceType: "Patient",
    id: "42",
    meta: { versionId: "3" },
    text: { status: "generated", div: "<div/>" },
    identifier: [own, registry, { system: "urn:mrn", value: "old" }],
    active: true,
    telecom: [{ system: "phone", value: "there" }],
    gender: "female",
  }
  const read = readParts(there, own)

  test("is kept by element, without what the server keeps about it and our own identifier", () => {
    expect(read.map(({ part }) => part)).toEqual([
      "read:identifier",
      "read:active",
      "read:telecom",
      "read:gender",
    ])
    expect(new Set(read.map(({ resource: name, messageId }) => `${name} ${messageId}`))).toEqual(
      new Set(["Patient/p1 0"]),
    )
    expect(JSON.stringify(read)).not.toContain(own.system)
  })

  test("fills what no message has spoken of, and nothing else", () => {
    const { elements } = lay(1, [part("PID-13", phone("new"))], read)
    expect(elements).toMatchObject({ active: true, gender: "female", ...phone("new") })
  })

  test("does not bring back what a message deleted", () => {
    expect(lay(1, [part("PID-13", null)], read).elements).not.toHaveProperty("telecom")
  })

  test("keeps the identifiers that others gave the patient", () => {
    const mrn = { system: "urn:mrn", value: "new" }
    const { elements } = lay(1, [part("PID-3", { identifier: [mrn] })], read)
    expect(elements.identifier).toEqual([mrn, registry])
  })

  test("is never told as something this box said", () => {
    expect(lay(1, [part("PID-13", null)], read).told).toEqual([
      { resource, part: "PID-13", value: null, messageId: 1 },
    ])
  })
})
