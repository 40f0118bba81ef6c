import type { ClaimResponse, Organization, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { dateTime, period } from "../type/dtm.ts"
import { entityAt } from "../type/ei.ts"

/**
 * An AUT (2.5.1, 11.6.2): that the payor has authorized a referral. R4 names it, as one of the
 * insurances of a ServiceRequest, a ClaimResponse that answers a pre-authorization. Undefined
 * where AUT-6 has no number of it: then it is asked for, and nobody has answered.
 */
export function authorization(
  aut: Segment,
  patient: Reference,
  reading: Reading,
  mention: Mention,
): ClaimResponse | undefined {
  const number = entityAt(aut, 6)
  const insurer = insurerOf(aut, reading, mention)
  if (number === undefined || insurer === undefined) {
    reading.note("AUT: no number of an authorization (AUT-6), or no payor; it is left out")
    return undefined
  }
  const key = [insurer.reference ?? `${insurer.display}`, number.id]
  const header = reading.parsed.first("MSH")
  const made =
    dateTime(aut.text(10), "AUT-10", reading) ?? dateTime(header?.text(7), "MSH-7", reading)
  return {
    resourceType: "ClaimResponse",
    identifier: [own(reading, "ClaimResponse", patient.reference ?? "", ...key)],
    status: "active",
    type: absentCode,
    use: "preauthorization",
    patient,
    created: made ?? new Date(reading.message.receivedAt).toISOString(),
    insurer,
    outcome: "complete",
    preAuthRef: number.id,
    preAuthPeriod: period(aut.text(4), aut.text(5), "AUT-5", reading),
  }
}

/** The company (AUT-2, AUT-3) as IN1 names it, else the plan's name alone. */
function insurerOf(aut: Segment, reading: Reading, mention: Mention): Reference | undefined {
  const [id, name] = [aut.text(2), aut.component(3) ?? aut.text(2, 2)]
  const assigned = { namespace: aut.text(2, 3) ?? "", universalId: "", universalIdType: "" }
  const number = patientKey({ id: id ?? "", ...assigned }, reading.sender)
  const key = number ?? (name && `name|${name}`)
  const plan = aut.text(1, 2) ?? aut.text(1)
  if (!key) return plan === undefined ? undefined : { display: plan }
  const company: Organization = {
    resourceType: "Organization",
    identifier: [own(reading, "Organization", key)],
    name: name ?? id,
  }
  return { ...mention(company), display: name }
}
