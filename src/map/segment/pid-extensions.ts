import type { Extension, Patient } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each, type Field } from "../part.ts"
import type { Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { concept, firstConcept, translated } from "../type/cwe.ts"
import { religion } from "../vocabulary/religion.ts"
import { targetOf } from "../vocabulary/target.ts"

/** PID-17 (table 0006) as FHIR's extension for it. */
export const religious: Field<Patient> = {
  field: 17,
  elements: ["extension"],
  make: (pid, reading) => {
    const [code] = each(pid, 17, (cwe) =>
      translated(cwe, targetOf(religion, cwe.text(1)), "PID-17", reading),
    )
    return code && extension("patient-religion", { valueCodeableConcept: code })
  },
}

/** Citizenship and nationality are extensions with the code one level down. */
export function country(field: 26 | 28 | 39, url: string): Field<Patient> {
  return {
    field,
    elements: ["extension"],
    make: (pid, reading) => ({
      extension: each(pid, field, (cwe) => {
        const code = concept(cwe, `PID-${field}`, reading)
        const inner = { url: "code", valueCodeableConcept: code }
        return code && { url: structure + url, extension: [inner] }
      }),
    }),
  }
}

/** A patient of a veterinary clinic: the species, and the breed (PID-36) where that is told too. */
export function animal(pid: Segment, reading: Reading): Partial<Patient> | undefined {
  const species = firstConcept(pid, "PID-35", reading)
  const breed = firstConcept(pid, "PID-36", reading)
  if (species === undefined && breed === undefined) return undefined
  const parts = [
    // R4's extension demands a species, also of a breed that is told alone.
    { url: "species", valueCodeableConcept: species ?? absentCode },
    ...(breed ? [{ url: "breed", valueCodeableConcept: breed }] : []),
  ]
  return { extension: [{ url: `${structure}patient-animal`, extension: parts }] }
}

export function extension(url: string, value: Partial<Extension>) {
  return Object.values(value)[0] === undefined
    ? undefined
    : { extension: [{ url: structure + url, ...value }] }
}

const structure = "http://hl7.org/fhir/StructureDefinition/"
