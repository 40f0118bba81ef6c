import type { CodeableConcept, Dosage } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { route, site } from "../segment/rxr.ts"
import { concept, translated } from "../type/cwe.ts"
import { administrationMethod } from "../vocabulary/administration-method.ts"
import { targetOf } from "../vocabulary/target.ts"

/** By which route, where and how something is given. */
export type Routed = Pick<Dosage, "route" | "site" | "method" | "additionalInstruction">

/**
 * The routes of a drug (RXR; 2.5.1, 4.14.2). Several are a choice, of which R4 has one: then they
 * stand in its text, each with its site and method, joined by "or"; a code would settle what is
 * left open.
 */
export function routed(segments: readonly Segment[], reading: Reading): Routed {
  const all = segments.map((rxr) => one(rxr, reading))
  const [first = {}, ...others] = all
  if (others.length === 0) return first
  const ways = all.map(({ route, site, method }) =>
    [route, site, method].map(nameOf).filter(Boolean).join(", "),
  )
  return {
    route: { text: [...new Set(ways)].filter((way) => way !== "").join(" or ") },
    additionalInstruction: all.flatMap(({ additionalInstruction }) => additionalInstruction ?? []),
  }
}

function nameOf(concept: CodeableConcept | undefined): string | undefined {
  const [coding] = concept?.coding ?? []
  return concept?.text ?? coding?.display ?? coding?.code
}

function one(rxr: Segment, reading: Reading): Routed {
  if (rxr.text(3) !== undefined) reading.note("RXR-3: FHIR has no place for the device")
  if (rxr.text(6) !== undefined) reading.note("RXR-6: FHIR has no place for the site's modifier")
  return {
    route: route(rxr, reading),
    site: site(rxr, reading),
    method: each(rxr, 4, (cwe) =>
      translated(cwe, targetOf(administrationMethod, cwe.text(1)), "RXR-4", reading),
    )[0],
    additionalInstruction: each(rxr, 5, (cwe) => concept(cwe, "RXR-5", reading)),
  }
}
