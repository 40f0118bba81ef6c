import { describe, expect, test } from "bun:test"
import type { BundleEntry, CareTeam } from "fhir/r4"
import type { Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const header = "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.8.2"
const pid = "PID|||4711^^^MOH^MR||Otieno^Achieng"

/** What an A08 with these PRT makes, over what was told before. */
function told(prts: readonly string[], id = 1, known: readonly Told[] = []) {
  const made = mapped(message([header, pid, ...prts], { id }), known)
  expect(invalid(made.bundle)).toEqual([])
  return made
}

function teamIn({ bundle }: ReturnType<typeof told>): CareTeam | undefined {
  return resources(bundle, "CareTeam")[0]
}

function members(made: ReturnType<typeof told>): (string | undefined)[] | undefined {
  return teamIn(made)
    ?.participant?.map(({ member }) => member?.display)
    .sort()
}

function isRelative({ resource }: BundleEntry): boolean {
  return resource?.resourceType === "RelatedPerson"
}

const rose = "PRT|1|A||AT^Attending^HL70912|P-1^Oduya^Rose"
const ali = "PRT|2|A||CP^Consulting^HL70912|P-2^Were^Ali"
const mary = "PRT|3|A||MTH^Mother^HL70063|^Achieng^Mary"

describe("the team around a patient", () => {
  test("keeps those whom an addition does not name, and loses whom a deletion does", () => {
    const first = told([rose, ali])
    expect(members(first)).toEqual(["Ali Were", "Rose Oduya"])
    const second = told([mary], 2, first.told)
    expect(members(second)).toEqual(["Ali Were", "Mary Achieng", "Rose Oduya"])
    const third = told([ali.replace("|A|", "|D|")], 3, [...first.told, ...second.told])
    expect(members(third)).toEqual(["Mary Achieng", "Rose Oduya"])
  })

  test("is as a snapshot shows it, whatever addition of before comes late", () => {
    const first = told([rose, ali])
    const snapshot = told([mary.replace("|A|", "|S|")], 3, first.told)
    expect(members(snapshot)).toEqual(["Mary Achieng"])
    const known = [...first.told, ...snapshot.told]
    expect(members(told([rose, ali], 1, known))).toEqual(["Mary Achieng"])
    expect(members(told([ali], 2, known))).toEqual(["Mary Achieng"])
    expect(members(told([rose], 4, known))).toEqual(["Mary Achieng", "Rose Oduya"])
  })

  test("is one over all messages, and inactive when the last has left it", () => {
    const first = told([rose])
    const last = told([rose.replace("|A|", "|D|")], 2, first.told)
    expect(teamIn(last)).toEqual({
      resourceType: "CareTeam",
      identifier: teamIn(first)?.identifier ?? [],
      status: "inactive",
      subject: teamIn(first)?.subject ?? {},
    })
  })

  test("is not made of somebody who leaves a team that nobody told of", () => {
    expect(teamIn(told([rose.replace("|A|", "|D|")]))).toBeUndefined()
  })

  test("goes on from what stands at the destination, and has nobody twice", () => {
    const there = [
      { role: [{ coding: [{ code: "AT" }] }], member: { display: "Rose Oduya" } },
      { role: [{ coding: [{ code: "CP" }] }], member: { display: "Ali Were" } },
    ]
    const { told: before } = told([rose])
    const resource = before.find((row) => row.resource.startsWith("CareTeam/"))?.resource ?? ""
    const part = "read:participant"
    const read = { resource, part, value: JSON.stringify(there), messageId: 0 }
    expect(members(told([rose], 2, [read]))).toEqual(["Ali Were", "Rose Oduya"])
    expect(members(told([rose.replace("|A|", "|S|")], 2, [read]))).toEqual(["Rose Oduya"])
  })
})

describe("who takes part", () => {
  test("is the general practitioner only as the primary care provider or the family's", () => {
    const primary = "PRT|4|A||FHCP^Family^HL70912|P-4^Auma^Grace"
    const [patient] = resources(told([rose, primary, mary]).bundle, "Patient")
    expect(patient?.generalPractitioner).toMatchObject([{ display: "Grace Auma" }])
  })

  test("is a relative by what they are to the patient, until that is taken back", () => {
    const { bundle } = told([mary.replace("MTH^Mother^HL70063", "MTH"), rose])
    expect(resources(bundle, "RelatedPerson")).toMatchObject([
      { relationship: [{ coding: [{ code: "MTH" }] }], name: [{ family: "Achieng" }] },
    ])
    expect(resources(bundle, "Practitioner")).toMatchObject([{ name: [{ family: "Oduya" }] }])
    const left = resources(told([mary.replace("|A|", "|D|")]).bundle, "RelatedPerson")
    expect(left).toMatchObject([{ active: false }])
  })

  test("is the person whom an NK1 names too, of whom the NK1 counts", () => {
    const nk1 = "NK1|1|Achieng^Mary|MTH^Mother^HL70063|14 Lake Road^^Kisumu"
    const called = `${mary}${"|".repeat(10)}^PRN^PH^^^^2021234`
    expect(mapped(message([header, pid, mary, nk1])).notes).toEqual([])
    const { bundle, notes } = mapped(message([header, pid, called, nk1]))
    const [one, ...others] = resources(bundle, "RelatedPerson")
    expect(one?.address).toMatchObject([{ city: "Kisumu" }])
    expect(others).toEqual([])
    expect(notes).toEqual(["RelatedPerson: two of one key say different things; the first counts"])
  })

  test("is one person with two roles, known by the number that one of them tells", () => {
    const called = "PRT|4|A||C^Emergency Contact^HL70131|^Achieng^Mary||||||||||^PRN^PH^^^^2021234"
    const { bundle, notes } = told([mary, called])
    expect(resources(bundle, "RelatedPerson")).toMatchObject([
      {
        relationship: [{ coding: [{ code: "MTH" }, {}] }, { coding: [{ code: "C" }] }],
        telecom: [{ value: "2021234" }],
      },
    ])
    expect(bundle.entry?.find(isRelative)?.request?.method).toBe("PUT")
    expect(notes).toEqual([])
  })

  test("leaves what an NK1 told of them before, where no way to reach them is told", () => {
    expect(told([mary]).bundle.entry?.find(isRelative)?.request?.method).toBe("POST")
  })

  test("keeps no number as preferred that they do not have, and says so", () => {
    const made = told([`${mary}${"|".repeat(10)}^PRN^PH^^^^2021234${"|".repeat(8)}E`])
    const [relative] = resources(made.bundle, "RelatedPerson")
    expect(relative?.telecom).toMatchObject([{ value: "2021234", use: "home" }])
    expect(JSON.stringify(relative)).not.toContain("preferred")
    expect(made.notes).toEqual(["PRT-23: PRT-15 has no number of the kind that is preferred"])
  })

  test("of a ROL is in the team as well, but for the primary care provider", () => {
    const rol = ["ROL|1|AD|PP|P-1^Oduya^Rose", "ROL|2|AD|AT|P-2^Were^Ali"]
    const made = told(rol)
    expect(members(made)).toEqual(["Ali Were"])
    const [patient] = resources(made.bundle, "Patient")
    expect(patient?.generalPractitioner).toMatchObject([{ display: "Rose Oduya" }])
  })
})
