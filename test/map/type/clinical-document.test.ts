import { expect, test } from "bun:test"
import { clinicalDocumentType } from "../../../src/map/type/clinical-document.ts"

function typeOf(file: string) {
  return clinicalDocumentType({ data: Buffer.from(file).toString("base64") })
}

const root = "<ClinicalDocument xmlns='urn:hl7-org:v3'><realmCode code='KE'/>"
const loinc = "2.16.840.1.113883.6.1"

test("a clinical document says by its own code what it is", () => {
  const code = `<code code="34133-9" displayName="Summary &amp; history" codeSystem="${loinc}"/>`
  expect(typeOf(`<?xml version="1.0"?>${root}${code}<code code="2" codeSystem="1.2"/>`)).toEqual({
    system: "http://loinc.org",
    code: "34133-9",
    display: "Summary & history",
  })
  expect(typeOf(`${root}<code codeSystem='1.2.3' code='X'/>`)).toEqual({
    system: "urn:oid:1.2.3",
    code: "X",
    display: undefined,
  })
  const remark = `<!-- <code code="Y" codeSystem="1.2"/> -->`
  expect(typeOf(`${remark}${root}<code code="X" codeSystem="1.2"/>`)?.code).toBe("X")
  const prefixed = `<h:ClinicalDocument xmlns:h="urn:x"><h:code code="A" codeSystem="1.2"/>`
  expect(typeOf(prefixed)?.code).toBe("A")
})

test("what is no clinical document, or names no system of its code, has no type", () => {
  expect(typeOf(`<code code="34133-9" codeSystem="${loinc}"/>`)).toBeUndefined()
  expect(typeOf(`${root}<code code="34133-9"/>`)).toBeUndefined()
  expect(typeOf(`${root}<code nullFlavor="NA" codeSystem="${loinc}"/>`)).toBeUndefined()
  expect(typeOf(root)).toBeUndefined()
  expect(clinicalDocumentType({ url: "https://example.org" })).toBeUndefined()
})
