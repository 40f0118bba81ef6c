import type { ServiceRequest } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each, type Field } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { concept, firstConcept } from "../type/cwe.ts"
import { dateTime, period } from "../type/dtm.ts"
import { entityAt, entityIdentifier, entityOf } from "../type/ei.ts"
import { type Status, statusOf } from "../type/status.ts"
import { referralPriority, referralStatus } from "../vocabulary/decided-referral.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * Our own identifier of a referral: the patient and the number of who refers (RF1-6), else the
 * first that somebody else gave it (RF1-11), else the message alone. Not by the sender: the clinic
 * that refers and the hospital that answers speak of one referral. That a number names nobody who
 * gave it makes it the site's.
 */
export function referralIdentity(
  rf1: Segment | undefined,
  patient: string,
  reading: Reading,
): OwnIdentifier {
  const number = entityAt(rf1, 6)
  const other = entityAt(rf1, 11)
  const given = number ?? other
  const key = given
    ? [number ? "referral" : "other", patientKey({ id: given.id, ...given.authority }) ?? given.id]
    : ["message", reading.digest]
  return own(reading, "ServiceRequest", patient, ...key)
}

/** The fields of RF1 (2.5.1, 11.6.1) that the ServiceRequest is made of, but for its status. */
export const rf1Fields: readonly Field<ServiceRequest>[] = [
  {
    field: 2,
    elements: ["priority"],
    make: (rf1, reading) => {
      const priority = targetOf(referralPriority, rf1.text(2))
      if (priority === undefined) reading.note("RF1-2: its code is not of table 0280")
      return priority && { priority: priority.code }
    },
  },
  {
    field: 3,
    elements: ["code"],
    make: (rf1, reading) => ({ code: firstConcept(rf1, "RF1-3", reading) }),
  },
  {
    // What is to come of it: a report, an opinion, the patient back or not.
    field: 4,
    elements: ["orderDetail"],
    make: (rf1, reading) => ({
      orderDetail: each(rf1, 4, (cwe) => concept(cwe, "RF1-4", reading)),
    }),
  },
  {
    field: 5,
    elements: ["category"],
    make: (rf1, reading) => ({ category: each(rf1, 5, (cwe) => concept(cwe, "RF1-5", reading)) }),
  },
  {
    field: 6,
    elements: ["identifier"],
    make: (rf1, reading) => {
      const number = entityAt(rf1, 6)
      return number && { identifier: [entityIdentifier(number, "PLAC", "referral", reading)] }
    },
  },
  {
    field: 7,
    elements: ["occurrencePeriod"],
    make: (rf1, reading) => ({
      occurrencePeriod: period(rf1.text(7), rf1.text(8), "RF1-8", reading),
    }),
  },
  {
    field: 9,
    elements: ["authoredOn"],
    make: (rf1, reading) => ({ authoredOn: dateTime(rf1.text(9), "RF1-9", reading) }),
  },
  {
    field: 10,
    elements: ["reasonCode"],
    make: (rf1, reading) => ({
      reasonCode: each(rf1, 10, (cwe) => concept(cwe, "RF1-10", reading)),
    }),
  },
  {
    field: 11,
    elements: ["identifier"],
    make: (rf1, reading) => ({
      identifier: each(rf1, 11, (ei) => {
        const number = entityOf(ei)
        return number && entityIdentifier(number, "FILL", `referral-${reading.sender}`, reading)
      }),
    }),
  },
]

/**
 * The status that a message gives its referral: cancelled (I14) whatever stands in RF1-1, else
 * RF1-1, else that of a referral somebody has just made (I12). An answer (RRI) has RF1-1 alone.
 * Undefined where nothing is said.
 */
export function statusOfReferral(
  type: string,
  rf1: Segment | undefined,
  reading: Reading,
): Pick<ServiceRequest, "status" | "_status"> | undefined {
  const code = rf1?.text(1)
  if (type === "REF^I14") return { status: "revoked" }
  if (code === undefined) return type === "REF^I12" ? { status: "active" } : undefined
  const from = { field: "RF1-1", table: "0283", plain: "" }
  const said: Status<ServiceRequest["status"]> = statusOf(referralStatus, code, from, reading)
  return said
}
