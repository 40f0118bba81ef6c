import { siteSystem } from "../../fhir/identity.ts"
import type { Reading } from "../reading.ts"
import { isOid, isUri } from "./hd.ts"

/**
 * The URI of a coding system as CWE-3 names it (table 0396), or by an OID or URI; any other name
 * is a system of the site's own, never an invented address. `local` names the system of codes that
 * come without one, `oid` is CWE-14 where the sender has it.
 */
export function codingSystem(
  name: string | undefined,
  oid: string | undefined,
  local: string,
  reading: Reading,
): string {
  const known = knownSystem(name)
  if (known !== undefined) return known
  if (oid !== undefined && isOid(oid)) return `urn:oid:${oid}`
  return siteSystem(reading.site.id, name ?? local)
}

/**
 * Whether a coding system, as a sender names it, is one that everybody has: of table 0396, a table
 * of HL7's own, or registered with HL7 (the arc 2.16.840.1.113883.6). An OID or URI of any other
 * origin may well be the laboratory's own.
 */
export function isStandard(name: string | undefined): boolean {
  const system = knownSystem(name)
  if (system === undefined) return false
  if (everybodys.has(system) || system.startsWith("http://terminology.hl7.org/")) return true
  return system.startsWith("urn:oid:2.16.840.1.113883.6.")
}

/** The URI of a coding system by its name in table 0396, its OID or its URI. */
export function knownSystem(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const wanted = name.toUpperCase()
  if (Object.hasOwn(systems, wanted)) return systems[wanted]
  if (isOid(name)) return `urn:oid:${name}`
  if (isUri(name)) return name
  const table = /^HL7(\d{4})$/i.exec(name)?.[1]
  return table && `http://terminology.hl7.org/CodeSystem/v2-${table}`
}

/** Table 0396, the names that are met in clinics and laboratories. */
const systems: Record<string, string> = {
  LN: "http://loinc.org",
  LOINC: "http://loinc.org",
  SCT: "http://snomed.info/sct",
  SCT2: "http://snomed.info/sct",
  SNM3: "http://snomed.info/sct",
  "SNOMED-CT": "http://snomed.info/sct",
  I9C: "http://hl7.org/fhir/sid/icd-9-cm",
  I9CDX: "http://hl7.org/fhir/sid/icd-9-cm",
  I9CP: "http://hl7.org/fhir/sid/icd-9-cm",
  I9: "urn:oid:2.16.840.1.113883.6.42",
  I10: "http://hl7.org/fhir/sid/icd-10",
  ICD10: "http://hl7.org/fhir/sid/icd-10",
  "ICD-10": "http://hl7.org/fhir/sid/icd-10",
  I10C: "http://hl7.org/fhir/sid/icd-10-cm",
  I11: "http://id.who.int/icd/release/11/mms",
  CVX: "http://hl7.org/fhir/sid/cvx",
  MVX: "http://hl7.org/fhir/sid/mvx",
  NDC: "http://hl7.org/fhir/sid/ndc",
  C4: "http://www.ama-assn.org/go/cpt",
  CPT: "http://www.ama-assn.org/go/cpt",
  NCIT: "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
  UCUM: "http://unitsofmeasure.org",
  RXNORM: "http://www.nlm.nih.gov/research/umls/rxnorm",
  ATC: "http://www.whocc.no/atc",
  CDCREC: "urn:oid:2.16.840.1.113883.6.238",
  ISO3166_1: "urn:iso:std:iso:3166",
  "ISO3166-1": "urn:iso:std:iso:3166",
}

const everybodys: ReadonlySet<string> = new Set(Object.values(systems))
