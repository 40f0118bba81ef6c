import type { CodeableConcept } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { bodyPart } from "../vocabulary/body-part.ts"
import { bodySite } from "../vocabulary/body-site.ts"
import { routeOfAdministration } from "../vocabulary/route-of-administration.ts"
import { targetOf } from "../vocabulary/target.ts"

/** How it is given (RXR-1, table 0162). */
export function route(rxr: Segment | undefined, reading: Reading): CodeableConcept | undefined {
  const make =
    rxr &&
    each(rxr, 1, (cwe) =>
      translated(cwe, targetOf(routeOfAdministration, cwe.text(1)), "RXR-1", reading),
    )
  return make?.[0]
}

/**
 * Where on the body (RXR-2): table 0163 up to 2.5.1, and 0550 since, which has some of its codes
 * for other parts.
 */
export function site(rxr: Segment | undefined, reading: Reading): CodeableConcept | undefined {
  const make =
    rxr &&
    each(rxr, 2, (cwe) => {
      const code = cwe.text(1)
      const [first, second] =
        cwe.text(3) === "HL70550" ? [bodyPart, bodySite] : [bodySite, bodyPart]
      return translated(cwe, targetOf(first, code) ?? targetOf(second, code), "RXR-2", reading)
    })
  return make?.[0]
}
