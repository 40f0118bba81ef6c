import type { CodeableConcept, Element } from "fhir/r4"
import { codeText } from "./cwe.ts"

/**
 * What stands beside an element that a code of one of HL7's tables makes, or fails to make: the
 * code itself. The guide keeps OBX-11 so.
 */
export function alternateCode(code: string, table: string): Element {
  const system = `http://terminology.hl7.org/CodeSystem/v2-${table}`
  const valueCodeableConcept = { coding: [{ system, code: codeText(code) }] }
  return alternateConcept(valueCodeableConcept)
}

/** What stands beside an element that leaves no room for all that the sender's concept says. */
export function alternateConcept(valueCodeableConcept: CodeableConcept): Element {
  return { extension: [{ url: alternateCodes, valueCodeableConcept }] }
}

const alternateCodes = "http://hl7.org/fhir/StructureDefinition/alternate-codes"
