import type { Patient } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { assignerAbove } from "../../hl7/subject.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { identifier } from "../type/cx.ts"
import { designatorIn, globalSystem, isEmpty } from "../type/hd.ts"
import { personName } from "../type/xpn.ts"
import { patientNumbered } from "./pid.ts"

/** Our own identifier of the patient an MRG (2.5.1, 3.4.9) names by its former numbers (MRG-1). */
export function priorPatient(mrg: Segment, reading: Reading): OwnIdentifier | undefined {
  return patientNumbered(mrg, 1, reading, assignerOf(mrg, reading))
}

function assignerOf(mrg: Segment, { source, parsed }: Reading): string | undefined {
  return source.assigner ?? assignerAbove(parsed.segments, mrg)
}

/** What an MRG says of the former patient, for where no message ever told more. */
export function priorElements(mrg: Segment, reading: Reading) {
  const assigner = assignerOf(mrg, reading)
  const assigned = globalSystem(assigner ?? "", "")
  return {
    identifier: each(mrg, 1, (cx) => {
      const said = identifier(cx, assigner ?? "patient", "MRG-1", reading)
      return assigned && isEmpty(designatorIn(cx, 4)) && said ? { ...said, system: assigned } : said
    }),
    name: each(mrg, 7, (xpn) => personName(xpn, "MRG-7", reading)),
  } satisfies Partial<Patient>
}
