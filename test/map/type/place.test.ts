import { expect, test } from "bun:test"
import { worker } from "../../../src/map/type/ndl.ts"
import { location } from "../../../src/map/type/pl.ts"
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
  expect(mentioned).toMatchObject([
    { name, mode: "instance", physicalType: { coding: [{ code }] } },
  ])
})

test("a place keeps its universal ID, its number and who numbers it", () => {
  const { mentioned } = placed("MAT^3^B&1.2.3.4&ISO^KCH^^^^^By the window^L-9^MOH&1.2.5&ISO")
  expect(mentioned).toMatchObject([
    {
      identifier: [
        { system: "urn:waystation:kisumu-01" },
        { system: "urn:ietf:rfc:3986", value: "urn:oid:1.2.3.4" },
        { system: "urn:oid:1.2.5", value: "L-9" },
      ],
      description: "By the window",
    },
  ])
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
  const keys = places.map((pl) => placed(pl).mentioned[0]?.identifier?.[0]?.value)
  expect(new Set(keys).size).toBe(places.length)
})

test("who worked, when and where, is a role; who only is named is a person", () => {
  const { repetition, read, mentioned, mention } = field(
    "P-7&Oduya&Rose^202604150800^202604150930^LAB^2^B^KCH^^^North^1",
  )
  const reference = worker(repetition, "OBR-32", read, mention)
  expect(reference).toMatchObject({ reference: "urn:uuid:2", display: "Rose Oduya" })
  expect(sent(mentioned)).toMatchObject([
    { resourceType: "Location", name: "KCH, North, 1, LAB, 2, B" },
    {
      resourceType: "PractitionerRole",
      practitioner: { type: "Practitioner", identifier: { value: "P-7" }, display: "Rose Oduya" },
      period: { start: "2026-04-15T08:00:00+03:00", end: "2026-04-15T09:30:00+03:00" },
      location: [{ reference: "urn:uuid:1", display: "KCH, North, 1, LAB, 2, B" }],
    },
  ])
  const old = field("P-7^Oduya^Rose")
  expect(worker(old.repetition, "OBR-32", old.read, old.mention)?.display).toBe("Rose Oduya")
  expect(old.mentioned).toEqual([])
})

test("the same place of a PL and of an NDL is one Location", () => {
  const ndl = field("P-7&Oduya^^^LAB^2^B^KCH")
  worker(ndl.repetition, "OBR-32", ndl.read, ndl.mention)
  const [of] = placed("LAB^2^B^KCH").mentioned
  expect(ndl.mentioned[0]?.identifier?.[0]?.value).toBe(of?.identifier?.[0]?.value as string)
})
