import { describe, expect, test } from "bun:test"
import { mapMessage, maps, ownedResources } from "../../src/map/index.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, mapped, message, resources } from "./build.ts"

const header = "MSH|^~\\&|HR|KISUMU|||20260415120000||MFN^M02|M1|P|2.5.1"
const catalogue = header.replace("M02", "M08").replace("|HR|", "|LAB|")
const added = ["MFE|MAD|1|20260415|P-031^^MOH|CWE", "STF|P-031^^MOH|P-031^^^MOH|OTIENO^SAMUEL^^^Dr"]

function madeOf(lines: readonly string[], known: readonly Told[] = [], id = 7) {
  const made = mapped(message(lines, { id }), known)
  expect(invalid(made.bundle)).toEqual([])
  return made
}

describe("a practitioner of the master file", () => {
  test("is the one whom an admission names as the attending doctor", () => {
    const { bundle } = madeOf([header, ...added])
    const admission = [
      "MSH|^~\\&|HIS|KISUMU|||20260415120000||ADT^A01|A1|P|2.5.1",
      "PID|1||KSM-1^^^KISUMU^MR",
      `PV1|1|I|||||P-031^OTIENO^SAMUEL^^^Dr^^^MOH${"|".repeat(12)}V-1`,
    ]
    const [told] = resources(bundle, "Practitioner")
    const [named] = resources(mapped(message(admission)).bundle, "Practitioner")
    expect(named?.identifier).toEqual(told?.identifier)
  })

  test("that a new file leaves out stays, and the trail says so", () => {
    const { notes } = madeOf([header, "MFI|PRA|HR|REP", ...added])
    expect(notes).toContain(
      "MFI-3: it replaces the whole file; what it leaves out is not taken out",
    )
    expect(madeOf([header, "MFI|PRA|HR|UPD", ...added]).notes.join()).not.toContain("MFI-3")
  })

  test("keeps the name and numbers when taken out by the key alone", () => {
    const before = madeOf([header, ...added])
    const out = madeOf([header, "MFE|MDC|2||P-031^^MOH"], before.told, 8)
    const [gone] = resources(out.bundle, "Practitioner")
    const [was] = resources(before.bundle, "Practitioner")
    expect(was?.active).toBe(true)
    expect(gone).toEqual({ ...was, active: false } as typeof gone)
  })

  test("is inactive by STF-7 whatever the record's event, and by a deletion whatever STF-7", () => {
    const active = (event: string, flag: string) => {
      const lines = [
        `MFE|${event}|1||P-1`,
        `STF|P-1|P-1|OTIENO|||||${flag}`.replace("|||||", "||||"),
      ]
      return resources(madeOf([header, ...lines]).bundle, "Practitioner")[0]?.active
    }
    expect(active("MUP", "I")).toBe(false)
    expect(active("MUP", "A")).toBe(true)
    expect(active("MUP", "")).toBeUndefined()
    expect(active("MDL", "A")).toBe(false)
    expect(active("MAC", "")).toBe(true)
  })

  test("has a role in each group where no institution is named", () => {
    const lines = [...added, "PRA|P-031^^MOH|G1^North~G2^South|MD"]
    const roles = resources(madeOf([header, ...lines]).bundle, "PractitionerRole")
    expect(roles).toHaveLength(2)
    expect(new Set(roles.map(({ organization }) => organization?.reference)).size).toBe(2)
  })

  test("is asked for by the name under which the destination is told of it", () => {
    const [told] = madeOf([header, ...added]).told
    const asked = ownedResources(maps, message([header, ...added]), context())
    expect(asked).toEqual([told?.resource ?? ""])
  })
})

describe("a test of the catalogue", () => {
  const offered = [
    "MFE|MAD|1|20260415|HGB^Haemoglobin^99KSM|CWE",
    "OM1|1|HGB^Haemoglobin^99KSM|NM||||718-7^Hemoglobin^LN",
    "OM2|1|g/dL^^UCUM|1",
  ]

  test("that is offered no more is retired, and keeps its code and results", () => {
    const before = madeOf([catalogue, ...offered])
    const after = madeOf([catalogue, "MFE|MDL|2||HGB^Haemoglobin^99KSM"], before.told, 8)
    const [was] = resources(before.bundle, "ActivityDefinition")
    const [now] = resources(after.bundle, "ActivityDefinition")
    expect([was?.status, now?.status]).toEqual(["active", "retired"])
    expect(now?.code).toEqual(was?.code)
    expect(now?.observationResultRequirement).toEqual(was?.observationResultRequirement)
    expect(was?.observationResultRequirement).toHaveLength(1)
  })

  test("does not get a result's definition out of nothing but its code", () => {
    const { bundle } = madeOf([catalogue, "MFE|MAD|1||ESR", "OM1|1|ESR^Sedimentation^99KSM"])
    expect(resources(bundle, "ObservationDefinition")).toEqual([])
    expect(resources(bundle, "ActivityDefinition")).toHaveLength(1)
  })
})

test("a master file without a record, or with none that says anything, is held", () => {
  expect(mapMessage(maps, message([header, "MFI|PRA"]), context())).toEqual({
    problem: "no MFE segment: there is no record in it",
  })
  expect(mapMessage(maps, message([header, "MFE|MUP|1"]), context())).toEqual({
    problem: "MFE: no record in it says anything",
  })
})
