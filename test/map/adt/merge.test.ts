import { describe, expect, test } from "bun:test"
import type { Encounter, FhirResource, Patient } from "fhir/r4"
import { mapped, message, resources } from "../build.ts"
import { centreOf, numberOf, stateAfter } from "../centre.ts"

const header = (event: string) => `MSH|^~\\&|HIS|KISUMU|||20260415081500||ADT^${event}|C1|P|2.5.1`
const pid = (number: number, rest = "") => `PID|1||${number}^^^KISUMU^MR||ACHIENG^GRACE${rest}`
const mrg = (number: number, visit = "") => `MRG|${number}^^^KISUMU^MR||||${visit}`
const visit = (number: string, ward = "") => `PV1|1|I|${ward}||||||||||||||||${number}`
const phone = "||||||||0712345678"

function patientIn(state: FhirResource[], number: number): Patient {
  const found = state.filter((one) => one.resourceType === "Patient").find(has(`${number}`))
  if (!found) throw new Error(`no patient ${number}`)
  return found
}

function has(value: string) {
  return ({ identifier = [] }: Patient | Encounter) => identifier.some((one) => one.value === value)
}

/** What a patient is, and how it stands to others by their numbers: `false: replaced-by 1`. */
function record(state: FhirResource[], number: number): string {
  const { active, link = [] } = patientIn(state, number)
  const links = link.map(({ other, type }) => `${type} ${numberOf(state, other.reference)}`)
  return `${active}: ${links.join(", ")}`
}

/** The visits there are: `V1 of 2: in-progress`. */
function visits(state: FhirResource[]): string[] {
  return state
    .filter((one) => one.resourceType === "Encounter")
    .map((one) => {
      const number = one.identifier?.find((each) => each.type)?.value
      return `${number} of ${numberOf(state, one.subject?.reference)}: ${one.status}`
    })
    .sort()
}

describe("a merge", () => {
  test.each(["A18", "A30", "A34", "A36", "A39", "A40", "A43", "A46", "A47"])(
    "by %s leaves the old record behind, leading to the one that stays",
    async (event) => {
      const state = await stateAfter([header("A28"), pid(2)], [header(event), pid(1), mrg(2)])
      expect(record(state, 1)).toBe("true: replaces 2")
      expect(record(state, 2)).toBe("false: replaced-by 1")
    },
  )

  test("finds the old record where MRG-1 does not repeat who assigned its number", async () => {
    const state = await stateAfter([header("A28"), pid(2)], [header("A40"), pid(1), "MRG|2"])
    expect(state.filter(({ resourceType }) => resourceType === "Patient")).toHaveLength(2)
    expect(record(state, 2)).toBe("false: replaced-by 1")
    const merged = await stateAfter([header("A40"), "PID|1||1^^^&1.2.3&ISO^MR", "MRG|2"])
    expect(patientIn(merged, 2).identifier?.[1]?.system).toBe("urn:oid:1.2.3")
  })

  test("by a number of another kind than the survivor's is made, and a note says so", () => {
    const note = "MRG-1: no medical record number (MR) is in it, by which records are known here"
    const notesOf = (prior: string) => mapped(message([header("A40"), pid(1), prior])).notes
    expect(notesOf("MRG|N2^^^GOV^NI")).toEqual([note])
    expect(notesOf("MRG|N2^^^GOV^NI~2^^^KISUMU^MR")).toEqual([])
    expect(notesOf("MRG|2")).toEqual([])
  })

  test("that comes twice or is reversed settles, and one record is always in use", async () => {
    const twice = await stateAfter([header("A40"), pid(1), mrg(2)], [header("A40"), pid(1), mrg(2)])
    expect(record(twice, 2)).toBe("false: replaced-by 1")
    const reversed = await stateAfter(
      [header("A40"), pid(1), mrg(2)],
      [header("A40"), pid(2), mrg(1)],
    )
    expect(record(reversed, 1)).toBe("false: replaced-by 2")
    expect(record(reversed, 2)).toBe("true: replaces 1")
  })

  test("going round in a circle leaves the last survivor in use", async () => {
    const state = await stateAfter(
      [header("A40"), pid(2), mrg(1)],
      [header("A40"), pid(3), mrg(2)],
      [header("A40"), pid(1), mrg(3)],
    )
    expect(record(state, 1)).toBe("true: replaces 3")
    expect(record(state, 3)).toStartWith("false: ")
  })

  test("that is replayed after its reversal turns nothing back", async () => {
    const first = [header("A40"), pid(1), mrg(2)]
    const centre = await centreOf(first, [header("A40"), pid(2), mrg(1)])
    await centre.deliver(message(first, { id: 1 }))
    const state = Object.values(await centre.state())
    expect(record(state, 1)).toBe("false: replaced-by 2")
  })

  test("stays when the old record is updated, and keeps what was known of it", async () => {
    const state = await stateAfter(
      [header("A28"), pid(2, phone)],
      [header("A40"), pid(1), mrg(2)],
      [header("A31"), pid(2)],
      [header("A31"), pid(1)],
    )
    expect(record(state, 1)).toBe("true: replaces 2")
    expect(record(state, 2)).toBe("false: replaced-by 1")
    expect(patientIn(state, 2).telecom?.length).toBe(1)
    expect(patientIn(state, 1).telecom).toBeUndefined()
  })

  test("of a record into itself changes nothing", async () => {
    const state = await stateAfter([header("A40"), pid(1), mrg(1)])
    expect(record(state, 1)).toBe("undefined: ")
  })
})

test("a patient who gets another number is known by it with everything told before", async () => {
  const state = await stateAfter([header("A28"), pid(2, phone)], [header("A47"), pid(1), mrg(2)])
  expect(patientIn(state, 1).telecom?.length).toBe(1)
  const updated = await stateAfter(
    [header("A28"), pid(2, phone)],
    [header("A47"), pid(1), mrg(2)],
    [header("A31"), pid(1)],
  )
  expect(patientIn(updated, 1).telecom?.length).toBe(1)
})

test("two records are linked by A24 and parted by A37, and a merge of them stays", async () => {
  const link = [header("A24"), pid(1), pid(2)]
  const unlink = [header("A37"), pid(1), pid(2)]
  const linked = await stateAfter(link)
  expect(record(linked, 1)).toBe("undefined: seealso 2")
  expect(record(linked, 2)).toBe("undefined: seealso 1")
  expect(record(await stateAfter(link, unlink), 1)).toBe("undefined: ")
  const merged = await stateAfter(link, [header("A40"), pid(1), mrg(2)], unlink)
  expect(record(merged, 2)).toBe("false: replaced-by 1")
})

test("a person who was deleted is not in use until they are added again", async () => {
  const deleted = [
    [header("A28"), pid(1)],
    [header("A29"), pid(1)],
    [header("A31"), pid(1)],
  ]
  expect(record(await stateAfter(...deleted), 1)).toBe("false: ")
  expect(record(await stateAfter(...deleted, [header("A28"), pid(1)]), 1)).toBe("undefined: ")
})

describe("a visit that is moved", () => {
  const admitted = [header("A01"), pid(2), visit("V1", "WARD 1"), "DG1|1||B54^Malaria^I10"]
  const moved = [header("A45"), pid(1), mrg(2, "V1"), visit("V1")]
  const encounter = (state: FhirResource[], of: string) =>
    state
      .filter((one) => one.resourceType === "Encounter")
      .find((one) => numberOf(state, one.subject?.reference) === of && one.status !== error)
  const error = "entered-in-error"

  test("to another patient is theirs, with its history and its diagnoses", async () => {
    const state = await stateAfter(admitted, moved)
    expect(visits(state)).toEqual(["V1 of 1: entered-in-error", "V1 of 1: in-progress"])
    const live = encounter(state, "1")
    expect(live?.location?.[0]?.location.display).toBe("WARD 1")
    expect(live?.diagnosis?.length).toBe(1)
    const [malaria] = state.filter((one) => one.resourceType === "Condition")
    expect(numberOf(state, malaria?.subject.reference)).toBe("1")
    expect(malaria?.encounter?.reference).toBe(`Encounter ${live?.identifier?.[0]?.value}`)
  })

  test("leads from where it was to where it is", async () => {
    const state = await stateAfter(admitted, moved)
    const all = state.filter((one) => one.resourceType === "Encounter")
    const former = all.find(({ status }) => status === error)
    expect(former?.partOf?.reference).toBe(
      `Encounter ${encounter(state, "1")?.identifier?.[0]?.value}`,
    )
    expect(former).not.toHaveProperty("location")
  })

  test("goes on under its new patient, and can be given back", async () => {
    const transferred = [header("A02"), pid(1), visit("V1", "WARD 2")]
    const back = [header("A45"), pid(2), mrg(1, "V1"), visit("V1")]
    const state = await stateAfter(admitted, moved, transferred, back)
    expect(visits(state)).toEqual(["V1 of 2: entered-in-error", "V1 of 2: in-progress"])
    const live = encounter(state, "2")
    expect(live?.location?.map(({ location }) => location.display)).toEqual(["WARD 1", "WARD 2"])
    const centre = await centreOf(admitted, moved, transferred, back)
    await centre.deliver(message(moved, { id: 2 }))
    expect(Object.values(await centre.state())).toEqual(state)
  })

  test("to another number is the same visit", async () => {
    const state = await stateAfter(admitted, [header("A50"), pid(2), mrg(2, "V1"), visit("V2")])
    expect(visits(state)).toEqual(["V1 of 2: entered-in-error", "V2 of 2: in-progress"])
  })

  test("goes with its patient where a merge names it", async () => {
    const state = await stateAfter(admitted, [header("A36"), pid(1), mrg(2), visit("V1")])
    expect(visits(state)).toEqual(["V1 of 1: entered-in-error", "V1 of 1: in-progress"])
    expect(record(state, 2)).toBe("false: replaced-by 1")
  })

  test("of which nothing was told is made under its new number, and a note says so", () => {
    const { bundle, notes } = mapped(message(moved))
    expect(resources(bundle, "Encounter").length).toBe(1)
    expect(notes).toContain("MRG: nothing was told of the visit under what it was known by before")
  })
})
