import type { Identifier } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import type { Reading } from "../reading.ts"
import { type Designator, systemOf } from "./hd.ts"

/** An entity identifier (2.5.1, 2A.28): a number, and who gave it. */
export interface Entity {
  id: string
  authority: Designator
}

/** The EI that is a field of its own; undefined without a number. */
export function entityAt(segment: Segment | undefined, field: number): Entity | undefined {
  const id = segment?.text(field)
  return id === undefined ? undefined : entity(id, (part) => segment?.text(field, part))
}

/** The EI that is one repetition of a field. */
export function entityOf(ei: Repetition): Entity | undefined {
  const id = ei.text(1)
  return id === undefined ? undefined : entity(id, (part) => ei.text(part))
}

/** The EI that is one component of an EIP (2A.27), in its subcomponents. */
export function entityIn(repetition: Repetition, component: number): Entity | undefined {
  const id = repetition.text(component)
  return id === undefined ? undefined : entity(id, (part) => repetition.text(component, part))
}

/** What tells one numbered thing from another in a business key. */
export function entityKey({ id, authority }: Entity): string {
  return patientKey({ id, ...authority }) ?? id
}

/**
 * The entity as an Identifier. `local` names the system, within the site, of numbers whose
 * assigner is not told.
 */
export function entityIdentifier(
  { id, authority }: Entity,
  type: keyof typeof entityTypes | undefined,
  local: string,
  reading: Reading,
): Identifier {
  const coding = type && [{ system: table0203, code: type, display: entityTypes[type] }]
  return {
    type: coding && { coding },
    system: systemOf(authority, local, reading),
    value: id,
  }
}

const table0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"

/** The codes of table 0203 that the guide gives to the numbers of orders. */
const entityTypes = {
  FILL: "Filler Identifier",
  PGN: "Placer Group Number",
  PLAC: "Placer Identifier",
}

function entity(id: string, text: (part: number) => string | undefined): Entity {
  const authority = {
    namespace: text(2) ?? "",
    universalId: text(3) ?? "",
    universalIdType: text(4) ?? "",
  }
  return { id, authority }
}
