import { expect, test } from "bun:test"
import type { Identified } from "../../../src/fhir/identity.ts"
import { dischargedTo } from "../../../src/map/type/dld.ts"
import { worker } from "../../../src/map/type/ndl.ts"
import { location } from "../../../src/map/type/pl.ts"
import { mapped, message, resources } from "../build.ts"
import { field, sent } from "./field.ts"

function placed(value: string) {
  const { repetition, read, mentioned, mention } = field(value)
  const reference = location(repetition, read, mention)
  return { reference, mentioned: sent(mentioned) ?? [] }
}

test.each([
  ["^^^KCH", "si", "KCH"],
  ["^^^KCH^^^North", "bu", "KCH, North"],
  ["^^^KCH^^^North^2", "lvl", "KCH, North, 2"],
  ["MAT^^^KCH", "wa", "KCH, MAT"],
  ["MAT^3^^KCH", "ro", "KCH, MAT, 3"],
  ["MAT^3^B^KCH", "bd", "KCH, MAT, 3, B"],
])("%p is a place of the kind %p", (pl, code, name) => {
  const { mentioned } = placed(pl)
  expect(mentioned.at(-1)).toMatchObject({
    name,
    mode: "instance",
    physicalType: { coding: [{ code }] },
  })
})

test("a bed is in its room, on its ward, on its floor, in its building, at its site", () => {
  const { reference, mentioned } = placed("MAT^3^B^KCH^^^North^2")
  expect(reference).toEqual({ reference: "urn:uuid:6", display: "KCH, North, 2, MAT, 3, B" })
  const told = mentioned.map((one) => [nameOf(one), one.resourceType === "Location" && one.partOf])
  expect(told as unknown).toEqual([
    ["KCH", undefined],
    ["KCH, North", { reference: "urn:uuid:1" }],
    ["KCH, North, 2", { reference: "urn:uuid:2" }],
    ["KCH, North, 2, MAT", { reference: "urn:uuid:3" }],
    ["KCH, North, 2, MAT, 3", { reference: "urn:uuid:4" }],
    ["KCH, North, 2, MAT, 3, B", { reference: "urn:uuid:5" }],
  ])
})

test("what a place is called is its number within the one around it", () => {
  const called = (pl: string) => {
    const [, { system, value } = {}] = placed(pl).mentioned.at(-1)?.identifier ?? []
    return [system, value]
  }
  expect(called("MAT^3^B^KCH")).toEqual(["urn:waystation:kisumu-01:bed:KCH:::MAT:3", "B"])
  expect(called("MAT^3^B")).toEqual(["urn:waystation:kisumu-01:bed::::MAT:3", "B"])
  expect(called("Ward A:1^3")).toEqual(["urn:waystation:kisumu-01:room::::Ward%20A%3A1", "3"])
  expect(called("MAT^^^KCH")).toEqual(["urn:waystation:kisumu-01:ward:KCH", "MAT"])
  expect(called("^^^KCH")).toEqual(["urn:waystation:kisumu-01:site", "KCH"])
})

test("the places of two beds in one ward are told once each", () => {
  const { bundle } = mapped(
    message([
      "MSH|^~\\&|HIS|KISUMU|||20260415||ADT^A02|C1|P|2.5.1",
      "PID|1||A1^^^KISUMU",
      `PV1|1|I|MAT^3^B^KCH|||MAT^4^B^KCH${"|".repeat(13)}V1`,
    ]),
  )
  expect(resources(bundle, "Location").map(({ name }) => name)).toEqual([
    "KCH",
    "KCH, MAT",
    "KCH, MAT, 3",
    "KCH, MAT, 3, B",
    "KCH, MAT, 4",
    "KCH, MAT, 4, B",
  ])
})

test("a universal ID that is no URI is kept with its type", () => {
  const identifiers = (hd: string) => placed(hd).mentioned[0]?.identifier?.slice(1)
  const coding = (code: string) => [
    { system: "http://terminology.hl7.org/CodeSystem/v2-0301", code },
  ]
  expect(identifiers("MAT&mat.kch.example&dns")).toEqual([
    { system: "urn:waystation:kisumu-01:ward", value: "MAT" },
    { type: { coding: coding("DNS") }, value: "mat.kch.example" },
  ])
  expect(identifiers("&7&KMPDC")).toEqual([{ type: { text: "KMPDC" }, value: "7" }])
  expect(identifiers("&1.2.3&ISO")).toEqual([
    { type: { coding: coding("ISO") }, system: "urn:ietf:rfc:3986", value: "urn:oid:1.2.3" },
  ])
})

test("a place keeps its universal ID, its number and who numbers it", () => {
  const { mentioned } = placed("MAT^3^B&1.2.3.4&ISO^KCH^^^^^By the window^L-9^MOH&1.2.5&ISO")
  expect(mentioned.slice(-1)).toMatchObject([
    {
      identifier: [
        { system: "urn:waystation:kisumu-01" },
        { value: "B" },
        { system: "urn:ietf:rfc:3986", value: "urn:oid:1.2.3.4" },
        { system: "urn:oid:1.2.5", value: "L-9" },
      ],
      description: "By the window",
    },
  ])
})

test("what kind of place it is, is of the place itself and not of those around it", () => {
  const kinds = (pl: string) =>
    placed(pl).mentioned.map((one) => one.resourceType === "Location" && one.type?.[0]?.coding?.[0])
  const home = {
    system: "http://terminology.hl7.org/CodeSystem/v2-0305",
    code: "H",
    display: "Home",
  }
  expect(kinds("SEME^^^KCH^^H")).toEqual([undefined, home])
  expect(kinds("SEME^^^^^MOBILE")).toEqual([
    { system: "urn:waystation:kisumu-01:0305", code: "MOBILE" },
  ])
  const ndl = field("P-7&Oduya^^^LAB^^^^^C")
  worker(ndl.repetition, "OBR-32", ndl.read, ndl.mention)
  expect(sent(ndl.mentioned)).toContainEqual(
    expect.objectContaining({ type: [{ coding: [expect.objectContaining({ code: "C" })] }] }),
  )
})

test("a number alone is a place, a description alone is only shown", () => {
  expect(placed("^^^^^^^^^L-9&MOH").mentioned).toMatchObject([
    { identifier: [{}, { system: "urn:waystation:kisumu-01:MOH", value: "L-9" }] },
  ])
  expect(placed("^^^^^^^^By the gate")).toEqual({
    reference: { display: "By the gate" },
    mentioned: [],
  })
})

test("one name of another ward, or of a room, is another Location", () => {
  const places = ["MAT^3^B", "SUR^3^B", "3", "^3", "^^3"]
  const keys = places.map((pl) => placed(pl).mentioned.at(-1)?.identifier?.[0]?.value)
  expect(new Set(keys).size).toBe(places.length)
})

test("who worked, when and where, is a role; who only is named is a person", () => {
  const { repetition, read, mentioned, mention } = field(
    "P-7&Oduya&Rose^202604150800^202604150930^LAB^2^B^KCH^^^North^1",
  )
  const reference = worker(repetition, "OBR-32", read, mention)
  expect(reference).toMatchObject({ reference: "urn:uuid:8", display: "Rose Oduya" })
  expect(mentioned[0]?.identifier?.[1]?.value).toBe("P-7")
  expect(sent(mentioned.slice(6))).toMatchObject([
    { resourceType: "Location", name: "KCH, North, 1, LAB, 2, B" },
    {
      resourceType: "PractitionerRole",
      practitioner: { reference: "urn:uuid:1", display: "Rose Oduya" },
      period: { start: "2026-04-15T08:00:00+03:00", end: "2026-04-15T09:30:00+03:00" },
      location: [{ reference: "urn:uuid:7", display: "KCH, North, 1, LAB, 2, B" }],
    },
  ])
  const old = field("P-7^Oduya^Rose")
  expect(worker(old.repetition, "OBR-32", old.read, old.mention)?.display).toBe("Rose Oduya")
  expect(sent(old.mentioned)).toMatchObject([{ name: [{ family: "Oduya", given: ["Rose"] }] }])
})

test("the same place of a PL and of an NDL is one Location", () => {
  const ndl = field("P-7&Oduya^^^LAB^2^B^KCH")
  worker(ndl.repetition, "OBR-32", ndl.read, ndl.mention)
  const keys = (mentioned: readonly Identified[]) =>
    mentioned
      .filter(({ resourceType }) => resourceType === "Location")
      .map(({ identifier }) => identifier?.[0]?.value)
  expect(keys(ndl.mentioned)).toEqual(keys(placed("LAB^2^B^KCH").mentioned))
  expect(keys(ndl.mentioned).length).toBe(4)
})

test("where somebody was discharged to is a place of a kind, also by a name alone", () => {
  const to = (value: string) => {
    const { repetition, read, mentioned, mention } = field(value)
    dischargedTo(repetition, read, mention)
    return sent(mentioned)
  }
  expect(to("HOME^20260415")).toMatchObject([
    {
      name: "HOME",
      type: [{ coding: [{ system: "urn:waystation:kisumu-01:0113", code: "HOME" }] }],
    },
  ])
  expect(to("&A hospice")).toMatchObject([{ name: "A hospice", type: [{ text: "A hospice" }] }])
  expect(to("^20260415")).toBeUndefined()
})

test("a place that only its address names is one, whichever field tells it", () => {
  const key = (segments: readonly string[], type: string) => {
    const header = `MSH|^~\\&|HIS|KISUMU|||20260415||${type}|C1|P|2.7`
    const { bundle } = mapped(message([header, "PID|1||A1^^^KISUMU", ...segments]))
    return resources(bundle, "Location").map(({ identifier }) => identifier?.[0]?.value)
  }
  const at = "12 Lake Road^^Kisumu^^40100"
  const given = (xad: string) =>
    key([`RXA|0|1|20260415||03^MMR^CVX|999${"|".repeat(22)}${xad}`], "VXU^V04")
  const observed = (xad: string) =>
    key(
      [
        "OBR|1|P1|F1|2339-0^Glucose^LN",
        "OBX|1|NM|2339-0^Glucose^LN||6.1||||||F",
        `PRT|1|AD||OBS|N-12^ADHIAMBO${"|".repeat(9)}${xad}`,
      ],
      "ORU^R01",
    )
  expect(given(at)).toEqual(observed(at))
  expect(given(at).length).toBe(1)
  expect(given("^^^^^^^^Seme")).not.toEqual(given("^^^^^^^^Nyando"))
  expect(given("^^^^^^H")).toEqual([])
})

function nameOf(one: Identified): string | undefined {
  return one.resourceType === "Location" ? one.name : undefined
}
