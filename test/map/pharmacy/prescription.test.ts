import { describe, expect, test } from "bun:test"
import { maps, ownedResources } from "../../../src/map/index.ts"
import type { Message, Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { context, mapped, message, resources } from "../build.ts"
import { sent } from "../pharmacy.ts"

const asked = sent(
  "OMP^O09",
  [
    "ORC|NW|RX1^EMR|||||||20260415101500|||D-118^OTIENO^JAMES^^^Dr",
    "RXO|AMOX^Amoxicillin^99KSM|2||CAP|||||T|||||||||||J06.9^Cold^I10",
    "NTE|1||Prefers capsules",
    "OBX|1|NM|3141-9^Weight^LN||61|kg|||||F",
  ],
  { sender: "EMR" },
)

/** The prescription after these messages, one by one over what was told before. */
function after(...messages: readonly Message[]) {
  let known: Told[] = []
  let id = 0
  let last: ReturnType<typeof mapped> | undefined
  for (const each of messages) {
    last = mapped(message([], { ...each, id: ++id }), known)
    expect(invalid(last.bundle)).toEqual([])
    const said = new Set(last.told.map(({ resource, part }) => `${resource} ${part}`))
    known = [
      ...known.filter(({ resource, part }) => !said.has(`${resource} ${part}`)),
      ...last.told,
    ]
  }
  const entry = last?.bundle.entry?.find(
    ({ resource }) => resource?.resourceType === "MedicationRequest",
  )
  const [request] = last ? resources(last.bundle, "MedicationRequest") : []
  return { request, method: entry?.request?.method, last }
}

describe("a prescription over its life", () => {
  test("keeps what a later message leaves out", () => {
    const encoded = sent("RDE^O11", [
      "ORC|XO|RX1^EMR|F1^PHARM",
      "RXE||AMOX^Amoxicillin^99KSM|1||CAP",
    ])
    const { request, method } = after(asked, encoded)
    expect(method).toBe("PUT")
    expect(request?.intent).toBe("order")
    expect(request?.dosageInstruction?.[0]?.doseAndRate?.[0]?.doseQuantity?.value).toBe(1)
    expect(request?.requester?.display).toBe("Dr JAMES OTIENO")
    expect(request?.authoredOn).toBe("2026-04-15T10:15:00+03:00")
    expect(request?.reasonCode?.[0]?.coding?.[0]?.code).toBe("J06.9")
    expect(request?.substitution?.allowedCodeableConcept?.coding?.[0]?.code).toBe("T")
    expect(request?.note?.[0]?.text).toBe("Prefers capsules")
    expect(request?.supportingInformation?.[0]?.type).toBe("Observation")
    expect(request?.identifier?.map(({ value }) => value)).toEqual([
      expect.any(String),
      "RX1",
      "F1",
    ])
  })

  test("is cancelled by an ORC alone, and nothing of it is lost", () => {
    const { request, method, last } = after(asked, sent("OMP^O09", ["ORC|CA|RX1^EMR"]))
    expect([method, request?.status]).toEqual(["PUT", "cancelled"])
    expect(request?.medicationReference?.display).toBe("Amoxicillin")
    expect(last && resources(last.bundle, "Task")).toHaveLength(1)
  })

  test("is what an answer says it is, whatever else the answer repeats of it", () => {
    const answer = sent("ORP^O10", ["MSA|AA|1", "ORC|UA|RX1^EMR", "RXO|AMOX^Amoxicillin^99KSM"])
    const { request, method } = after(asked, answer)
    expect([method, request?.status]).toEqual(["PUT", "cancelled"])
    expect(request?.dosageInstruction?.[0]?.doseAndRate?.[0]?.doseQuantity?.value).toBe(2)
  })

  test("loses what is deleted", () => {
    const deleted = sent("OMP^O09", ['ORC|XO|RX1^EMR||||||||||""', "RXO|AMOX^Amoxicillin^99KSM"])
    const { request } = after(asked, deleted)
    expect(request?.requester).toBeUndefined()
  })

  test("of which nobody has told what it is is not made up out of a cancellation", () => {
    const { request, last } = after(sent("OMP^O09", ["ORC|CA|RX1^EMR"]))
    expect(request).toBeUndefined()
    expect(last?.told.filter(({ resource }) => !resource.startsWith("Task/"))).toEqual([])
  })

  test("is asked about before it is written", () => {
    const told = new Set(mapped(asked).told.map(({ resource }) => resource))
    // What is kept of its number for answers without a patient is only written.
    const read = [...told].filter((resource) => !resource.startsWith("Task/"))
    expect(ownedResources(maps, asked, context())).toEqual(read)
    expect(ownedResources(maps, sent("RDS^O13", ["ORC|RE|RX1", "RXD|1|A"]), context())).toEqual([])
  })
})
