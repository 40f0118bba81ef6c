import type { CodeableConcept } from "fhir/r4"
import { siteSystem } from "../../fhir/identity.ts"
import type { Repetition, Segment } from "../../hl7/message.ts"
import type { Reading } from "../reading.ts"

/** A Hierarchic Designator (2.5.1, 2A.33): who assigns a number. Empty where nothing is given. */
export interface Designator {
  namespace: string
  universalId: string
  universalIdType: string
}

/** The HD that stands as one component of a field, in its subcomponents. */
export function designatorIn(repetition: Repetition, component: number): Designator {
  return {
    namespace: repetition.text(component, 1) ?? "",
    universalId: repetition.text(component, 2) ?? "",
    universalIdType: repetition.text(component, 3) ?? "",
  }
}

/** The HD that is a field of its own, in its components. */
export function designatorAt(segment: Segment, field: number): Designator {
  return {
    namespace: segment.text(field, 1) ?? "",
    universalId: segment.text(field, 2) ?? "",
    universalIdType: segment.text(field, 3) ?? "",
  }
}

/** Whether nobody is named. */
export function isEmpty({ namespace, universalId }: Designator): boolean {
  return namespace === "" && universalId === ""
}

/**
 * The system of what an authority assigns: a URI where it is globally unique, else its name within
 * this site, else `local` within this site.
 */
export function systemOf(designator: Designator, local: string, reading: Reading): string {
  const { namespace, universalId, universalIdType } = designator
  const name = namespace || universalId || local
  return globalSystem(universalId, universalIdType) ?? siteSystem(reading.site.id, name)
}

/** What kind of universal ID one is, as table 0301 has it; else in the sender's word. */
export function universalType(type: string): CodeableConcept | undefined {
  if (type === "") return undefined
  const code = table0301.find((one) => one.toUpperCase() === type.toUpperCase())
  if (code === undefined) return { text: type }
  return { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v2-0301", code }] }
}

const table0301 = [
  ...["CAP", "CLIA", "CLIP", "DNS", "EUI64", "GUID", "HCD", "HL7", "ISO", "L", "M", "N"],
  ...["Random", "URI", "UUID", "x400", "x500"],
]

/** A universal ID as a URI (table 0301); undefined where its type makes it no unique one. */
export function globalSystem(universalId: string, type: string): string | undefined {
  const kind = type.toUpperCase()
  if ((kind === "ISO" || kind === "") && isOid(universalId)) return `urn:oid:${universalId}`
  if (kind === "UUID" || kind === "GUID") {
    return isUuid(universalId) ? `urn:uuid:${universalId.toLowerCase()}` : undefined
  }
  return (kind === "URI" || kind === "") && isUri(universalId) ? universalId : undefined
}

export function isOid(text: string): boolean {
  return /^[0-2](\.(0|[1-9]\d*))+$/.test(text)
}

export function isUri(text: string): boolean {
  return /^(https?:\/\/|urn:[a-z0-9][a-z0-9-]{1,31}:)\S+$/i.test(text)
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
