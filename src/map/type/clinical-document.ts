import type { Attachment, Coding } from "fhir/r4"
import { isOid } from "./hd.ts"

/**
 * What a clinical document (CDA R2, 4.2.1.3) says it is by its own `code`, of LOINC as a rule;
 * undefined for any other file. Only its beginning is read: the code stands before title and text.
 */
export function clinicalDocumentType({ data }: Attachment): Coding | undefined {
  const head = Buffer.from(data?.slice(0, 65_536) ?? "", "base64").toString()
  const root = head.search(/<(?:\w+:)?ClinicalDocument[\s>]/)
  if (root < 0) return undefined
  const [, attributes = ""] = /<(?:\w+:)?code\s([^<>]*)>/.exec(head.slice(root)) ?? []
  const code = attribute(attributes, "code")
  const oid = attribute(attributes, "codeSystem")
  if (code === undefined || oid === undefined || !isOid(oid)) return undefined
  const system = oid === "2.16.840.1.113883.6.1" ? "http://loinc.org" : `urn:oid:${oid}`
  return { system, code, display: attribute(attributes, "displayName") }
}

function attribute(attributes: string, name: string): string | undefined {
  const pattern = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
  const [, double, single] = pattern.exec(attributes) ?? []
  const text = (double ?? single)?.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, entity: string) => {
    return entities[entity] ?? ""
  })
  return text?.trim().replaceAll(/\s+/g, " ") || undefined
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }
