import type { Extension } from "fhir/r4"

/** One of HL7's own extensions with a string for its value; none without one. */
export function stringExtension(name: string, valueString: string | undefined): Extension[] {
  return valueString === undefined ? [] : [{ url: structure + name, valueString }]
}

const structure = "http://hl7.org/fhir/StructureDefinition/"
