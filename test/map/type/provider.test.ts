import { expect, test } from "bun:test"
import { worker } from "../../../src/map/type/ndl.ts"
import { practitioner } from "../../../src/map/type/xcn.ts"
import { organization } from "../../../src/map/type/xon.ts"
import { field, sent } from "./field.ts"

const structure = "http://hl7.org/fhir/StructureDefinition"

test("a person with a number keeps all that is said of them", () => {
  const { repetition, read, mentioned, mention } = field(
    "P-031^Oduya&van&Oduya^Akinyi^Rose^Jr^Dr^MD^^MOH^L^7^M11^MD^KCH^^^^F^20200101^20251231^OBE",
  )
  const reference = practitioner(repetition, read, mention)
  expect(reference?.display).toBe("Dr Akinyi Rose Oduya Jr MD OBE")
  const [made] = sent(mentioned) ?? []
  expect(made).toMatchObject({
    resourceType: "Practitioner",
    identifier: [
      { system: "urn:waystation:kisumu-01" },
      {
        extension: [
          { url: `${structure}/identifier-checkDigit`, valueString: "7" },
          { url: `${structure}/namingsystem-checkDigit`, valueString: "M11" },
        ],
        type: { coding: [{ code: "MD" }] },
        system: "urn:waystation:kisumu-01:MOH",
        value: "P-031",
        assigner: { display: "MOH" },
      },
    ],
    name: [
      {
        extension: [{ url: `${structure}/humanname-assembly-order`, valueCode: "F" }],
        use: "official",
        family: "Oduya",
        given: ["Akinyi", "Rose"],
        period: { start: "2020-01-01", end: "2025-12-31" },
      },
    ],
    qualification: [{ code: { coding: [{ code: "MD" }] } }],
  })
})

test("a degree that the table does not have is kept as text", () => {
  const { repetition, read, mentioned, mention } = field("P-031^Oduya^^^^^Clinical Officer")
  practitioner(repetition, read, mention)
  expect(sent(mentioned)).toMatchObject([
    { qualification: [{ code: { text: "Clinical Officer" } }] },
  ])
})

test("who looked at a result is the same Practitioner as who ordered it", () => {
  const keyOf = (value: string, read: typeof practitioner) => {
    const { repetition, read: reading, mentioned, mention } = field(value)
    read(repetition, reading, mention)
    return mentioned[0]?.identifier?.[0]?.value
  }
  const looked: typeof practitioner = (ndl, read, mention) => worker(ndl, "OBR-32", read, mention)
  expect(keyOf("P-7&Oduya&Rose&&&&&&MOH", looked)).toBe(
    keyOf("P-7^Oduya^Akinyi^^^^^^MOH", practitioner) as string,
  )
  expect(keyOf("P-7&Oduya", looked)).toBe(keyOf("P-7^Oduya", practitioner) as string)
  expect(keyOf("P-7&Oduya&&&&&&&MOH", looked)).not.toBe(keyOf("P-7^Oduya", practitioner) as string)
  expect(keyOf("&Oduya&Rose", looked)).toBeUndefined()
})

test("an organization keeps its number, check digit and who gave it", () => {
  const { repetition, read, mentioned, mention } = field(
    "Kisumu County Lab^L^99^4^ISO^MOH^FI^^^KCL-1",
  )
  organization(repetition, read, mention)
  expect(sent(mentioned)).toMatchObject([
    {
      resourceType: "Organization",
      identifier: [
        { system: "urn:waystation:kisumu-01" },
        {
          extension: [
            { url: `${structure}/identifier-checkDigit`, valueString: "4" },
            { url: `${structure}/namingsystem-checkDigit`, valueString: "ISO" },
          ],
          type: { coding: [{ code: "FI" }] },
          system: "urn:waystation:kisumu-01:MOH",
          value: "KCL-1",
          assigner: { display: "MOH" },
        },
      ],
      name: "Kisumu County Lab",
    },
  ])
})
