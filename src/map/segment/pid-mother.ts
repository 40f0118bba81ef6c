import type { Reference, RelatedPerson } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { relatedIdentity } from "../related.ts"
import { identifier } from "../type/cx.ts"
import { relationship } from "../vocabulary/relationship.ts"

/**
 * The mother whose numbers PID-21 (2.5.1, 3.4.2.21) tells, known by the first of them: a newborn's
 * record is found by hers. Undefined without a number.
 */
export function mother(
  pid: Segment,
  patient: Reference,
  reading: Reading,
): RelatedPerson | undefined {
  if (pid.raw(21) === "") return undefined
  const local = reading.source.assigner ?? "patient"
  const numbers = each(pid, 21, (cx) => identifier(cx, local, "PID-21", reading))
  const identity = relatedIdentity(undefined, pid.repetitions(21)[0], patient, reading)
  if (identity === undefined) return undefined
  return {
    resourceType: "RelatedPerson",
    identifier: [identity, ...numbers],
    patient,
    relationship: [{ coding: [relationship.MTH] }],
  }
}
