import { describe, expect, test } from "bun:test"
import type { Told } from "../../../src/message.ts"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

const header = "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A08|C1|P|2.5.1"
const pid = "PID|||4711^^^MOH^MR||Otieno^Achieng"

/** What an A08 with these segments makes, over what was told before. */
function told(lines: readonly string[], id = 1, known: readonly Told[] = []) {
  const made = mapped(message([header, pid, ...lines], { id }), known)
  expect(invalid(made.bundle)).toEqual([])
  return made
}

function teamIn({ bundle }: ReturnType<typeof told>) {
  return resources(bundle, "CareTeam")[0]
}

/** The fields of a ROL from the second on, by their numbers. */
function rol(fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return ["ROL", ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}
describe("who is told of by a ROL", () => {
  const consulted = { 2: "AD", 3: "CP^Consulting^HL70443", 4: "P-2^Were^Ali" }

  test("has the number of the team where nobody else is in it", () => {
    const first = told([rol({ ...consulted, 12: "^WPN^PH^^^^2021234" })])
    expect(teamIn(first)?.telecom).toMatchObject([{ value: "2021234" }])
    const other = rol({ 2: "AD", 3: "AT", 4: "P-1^Oduya^Rose" })
    const second = told([other], 2, first.told)
    expect(teamIn(second)?.participant).toHaveLength(2)
    expect(teamIn(second)?.telecom).toBeUndefined()
    expect(resources(second.bundle, "Practitioner")).toContainEqual(
      expect.objectContaining({ telecom: [expect.objectContaining({ value: "2021234" })] }),
    )
  })

  test("is there for a reason, and from a kind of place that is named in words only", () => {
    const team = teamIn(
      told([
        rol({ ...consulted, 8: "ANC^Antenatal^99R", 9: "OBG^Obstetrician^99T", 10: "1^Hospital" }),
      ]),
    )
    expect(team?.reasonCode).toMatchObject([{ coding: [{ code: "ANC" }] }])
    expect(team?.participant).toMatchObject([
      {
        role: [{ coding: [{ code: "CON" }, {}] }, { coding: [{ code: "OBG" }] }],
        onBehalfOf: { display: "Hospital" },
      },
    ])
    const [firm] = resources(
      told([rol({ ...consulted, 10: "1^Hospital", 14: "Lake Clinic" })]).bundle,
      "Organization",
    )
    expect(firm).toMatchObject({ name: "Lake Clinic", type: [{ coding: [{ code: "1" }] }] })
  })

  test("is the first of several, and that there are others is said", () => {
    const made = told([rol({ ...consulted, 4: "P-2^Were^Ali~P-3^Auma^Grace" })])
    expect(teamIn(made)?.participant).toMatchObject([{ member: { display: "Ali Were" } }])
    expect(made.notes).toEqual(["ROL-4: of several persons in one role the first counts"])
  })

  test("is the patient where they look after themself, until that is taken back", () => {
    const own = { 2: "AD", 3: "SEL^Self^HL70063", 4: "ST-5^Otieno-Ouma^Achieng^^^^^^STAFF" }
    const first = told([rol(own)])
    const [patient] = resources(first.bundle, "Patient")
    expect(teamIn(first)?.participant?.[0]?.member).toEqual(teamIn(first)?.subject as object)
    expect(resources(first.bundle, "RelatedPerson")).toEqual([])
    expect(patient?.identifier?.map(({ value }) => value)).toContain("ST-5")
    expect(patient?.name?.map(({ family }) => family)).toEqual(["Otieno", "Otieno-Ouma"])
    const second = told([rol({ ...own, 2: "DE" })], 2, first.told)
    const [after] = resources(second.bundle, "Patient")
    expect(after?.identifier?.map(({ value }) => value)).not.toContain("ST-5")
    expect(after?.name).toHaveLength(1)
  })

  test("is the patient by one number and name where the PID has the same", () => {
    const [patient] = resources(
      told([rol({ 2: "AD", 3: "SEL^Self^HL70063", 4: "4711^Otieno^Achieng" })]).bundle,
      "Patient",
    )
    expect(patient?.identifier).toHaveLength(2)
    expect(patient?.name).toHaveLength(1)
  })
})

describe("somebody in a role", () => {
  test.each([
    ["MTH^Mother^HL70063", true],
    ["MTH", true],
    ["OTH^Other^HL70063", true],
    ["OTH", false],
    ["MGR^Case manager", false],
    ["C^Contact^HL70131", true],
    ["C", false],
    ["MTH^Midwife^99HIS", false],
  ])("in the role %s is one of the patient's own people: %p", (role, isRelative) => {
    const { bundle } = told([rol({ 2: "AD", 3: role, 4: "P-9^Auma^Grace" })])
    expect(resources(bundle, "RelatedPerson").length > 0).toBe(isRelative)
    expect(resources(bundle, "Practitioner").length > 0).toBe(!isRelative)
  })

  test("looks after many patients, each from another day on: these are roles of their own", () => {
    const doctor = { 1: "", 2: "AD", 3: "PP", 4: "P-1^Oduya^Rose", 13: "CLINIC" }
    const keyOf = (fields: Record<number, string>) =>
      resources(told([rol({ ...doctor, ...fields })]).bundle, "PractitionerRole")[0]
        ?.identifier?.[0]?.value
    const keys: Record<number, string>[] = [
      {},
      { 5: "20260101" },
      { 5: "20260201" },
      { 6: "20260101" },
      { 1: "R1^HIS" },
    ]
    expect(new Set(keys.map(keyOf)).size).toBe(keys.length)
    // Many count the segments in ROL-1.
    expect(keyOf({ 1: "2" })).toBe(keyOf({}))
    expect(keyOf({ 5: "20260101", 12: "^WPN^PH^^^^2021234" })).toBe(keyOf({ 5: "20260101" }))
  })

  test("has addresses of their own, of the firm and of the place, which are kept apart", () => {
    const doctor = { 2: "AD", 3: "PP", 4: "P-1^Oduya^Rose" }
    const addresses = "1 A^^Kisumu^^^^H~2 B^^Kisumu^^^^B~3 C^^Kisumu^^^^O~4 D^^Kisumu^^^^M~5 E"
    const linesOf = (fields: Record<number, string>) => {
      const { bundle } = told([rol({ ...doctor, 11: addresses, ...fields })])
      const [person] = resources(bundle, "Practitioner")
      const [firm] = resources(bundle, "Organization")
      const [place] = resources(bundle, "Location")
      return [person?.address, firm?.address, place?.address && [place.address]].map((all) =>
        all?.map(({ line }) => line?.[0]).join(", "),
      )
    }
    expect(linesOf({})).toEqual(["1 A, 2 B, 3 C, 4 D, 5 E", undefined, undefined])
    expect(linesOf({ 13: "CLINIC", 14: "Lake" })).toEqual(["1 A, 4 D, 5 E", "2 B", "3 C"])
  })
})
