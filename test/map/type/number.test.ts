import { expect, test } from "bun:test"
import { identifier } from "../../../src/map/type/cx.ts"
import { licence } from "../../../src/map/type/dln.ts"
import { entityIdentifier, entityOf } from "../../../src/map/type/ei.ts"
import { practitionerNumber } from "../../../src/map/type/pln.ts"
import { field, sent } from "./field.ts"

const site = "urn:waystation:kisumu-01"
const structure = "http://hl7.org/fhir/StructureDefinition"

function numbered(value: string) {
  const { repetition, read } = field(value)
  return sent(identifier(repetition, "patient", "PID-3", read))
}

test("a number keeps its check digit, assigner, type and the days it holds for", () => {
  expect(numbered("4711^8^M10^MOH&2.16.840.1.113883.3.9&ISO^MR^KCH^20200101^20251231")).toEqual({
    extension: [
      { url: `${structure}/identifier-checkDigit`, valueString: "8" },
      { url: `${structure}/namingsystem-checkDigit`, valueString: "M10" },
    ],
    type: {
      coding: [
        {
          system: "http://terminology.hl7.org/CodeSystem/v2-0203",
          code: "MR",
          display: "Medical record number",
        },
      ],
    },
    system: "urn:oid:2.16.840.1.113883.3.9",
    value: "4711",
    period: { start: "2020-01-01", end: "2025-12-31" },
    assigner: { display: "MOH" },
  })
})

test.each([
  ["4711^^^MOH^MR", `${site}:MOH`, "MOH"],
  ["4711^^^^MR^KCH", `${site}:patient`, "KCH"],
  ["4711^^^^PPN^^^^KEN&Kenya", `${site}:KEN`, "Kenya"],
  ["4711^^^^SS^^^^^NSSF&National Social Security Fund", `${site}:NSSF`, "National Social"],
  ["4711^^^MOH^PPN^^^^KEN", `${site}:MOH`, "MOH"],
  ["4711", `${site}:patient`, undefined],
])("%p is a number of %p", (cx, system, assigner) => {
  const made = numbered(cx)
  expect(made?.system).toBe(system)
  expect(made?.assigner?.display?.startsWith(assigner ?? "") ?? false).toBe(assigner !== undefined)
})

test("a driving licence is known by the state that issued it", () => {
  const made = (value: string) => {
    const { repetition, read } = field(value)
    return sent(licence(repetition, "PID-20", read))
  }
  expect(made("DL-77^KE&Kenya^20271231")).toMatchObject({
    type: { coding: [{ code: "DL" }] },
    system: `${site}:driver-license-KE`,
    value: "DL-77",
    period: { end: "2027-12-31" },
    assigner: { display: "Kenya" },
  })
  expect(made("DL-77")?.system).toBe(`${site}:driver-license`)
  expect(made("DL-77^2.16.840.1.113883.4.3.6")?.system).toBe("urn:oid:2.16.840.1.113883.4.3.6")
  expect(made("^KE^20271231")).toBeUndefined()
})

test("a practitioner's licence is known by its type and state", () => {
  const { repetition, read } = field("MD-5^SL^Nyanza^20271231")
  expect(sent(practitionerNumber(repetition, "PRA-6", read))).toMatchObject({
    type: { coding: [{ code: "SL", display: "State license number" }] },
    system: `${site}:practitioner-SL-Nyanza`,
    value: "MD-5",
    period: { end: "2027-12-31" },
    assigner: { display: "Nyanza" },
  })
})

test("an entity's second part is who numbers it, no check digit", () => {
  const { repetition, read } = field("77^HIS^1.2.3^ISO")
  const entity = entityOf(repetition)
  expect(entity && sent(entityIdentifier(entity, undefined, "diagnosis", read))).toEqual({
    system: "urn:oid:1.2.3",
    value: "77",
  })
})
