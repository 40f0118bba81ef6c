import type { Goal, Reference } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientKey } from "../../hl7/subject.ts"
import { each, type Field } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { alternateConcept } from "../type/alternate.ts"
import { codeKey, concept, firstConcept } from "../type/cwe.ts"
import { date } from "../type/dtm.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { worded } from "../type/worded.ts"

/**
 * Our own identifier of a goal: the patient and the number of this instance of it (GOL-4), which
 * is its sender's own unless it names who gave it; else its code. Undefined with neither.
 */
export function goalIdentity(
  gol: Segment,
  patient: string,
  reading: Reading,
): OwnIdentifier | undefined {
  const number = entityAt(gol, 4)
  if (number !== undefined) {
    const key = patientKey({ id: number.id, ...number.authority }, reading.sender) ?? number.id
    return own(reading, "Goal", patient, key)
  }
  const goal = firstConcept(gol, "GOL-3", reading)
  return goal && own(reading, "Goal", patient, "code", codeKey(gol, "GOL-3", goal, reading))
}

/** The fields of GOL (2.5.1, 12.4.1) that the Goal is made of. */
export const golFields: readonly Field<Goal>[] = [
  {
    field: 3,
    elements: ["description"],
    make: (gol, reading) => ({ description: firstConcept(gol, "GOL-3", reading) }),
  },
  {
    field: 4,
    elements: ["identifier"],
    make: (gol, reading) => {
      const number = entityAt(gol, 4)
      const local = `goal-${reading.sender}`
      return number && { identifier: [entityIdentifier(number, undefined, local, reading)] }
    },
  },
  {
    // Its place on the list, which is no "high" or "low".
    field: 6,
    elements: ["priority"],
    make: (gol) => ({ priority: { text: gol.text(6) } }),
  },
  {
    field: 7,
    elements: ["startDate"],
    make: (gol, reading) => ({ startDate: date(gol.text(7), "GOL-7", reading) }),
  },
  {
    field: 8,
    elements: ["target"],
    make: (gol, reading) => ({ target: [{ dueDate: date(gol.text(8), "GOL-8", reading) }] }),
  },
  {
    field: 9,
    elements: ["category"],
    make: (gol, reading) => ({ category: each(gol, 9, (cwe) => concept(cwe, "GOL-9", reading)) }),
  },
  {
    field: 16,
    elements: ["achievementStatus"],
    make: (gol, reading) => ({ achievementStatus: firstConcept(gol, "GOL-16", reading) }),
  },
  {
    field: 17,
    elements: ["note"],
    make: (gol) => ({ note: gol.repetitions(17).map((line) => ({ text: line.whole().trim() })) }),
  },
  {
    field: 18,
    elements: ["lifecycleStatus", "_lifecycleStatus"],
    make: lifecycle,
  },
  {
    field: 19,
    elements: ["statusDate"],
    make: (gol, reading) => ({ statusDate: date(gol.text(19), "GOL-19", reading) }),
  },
]

/** The Goal of these elements; undefined where it is not described, as R4 allows none such. */
export function goalOf(
  identity: OwnIdentifier,
  subject: Reference,
  elements: Partial<Goal>,
): Goal | undefined {
  const { description, identifier = [], lifecycleStatus = "active" } = elements
  if (description === undefined) return undefined
  return {
    resourceType: "Goal",
    ...elements,
    identifier: [identity, ...identifier],
    lifecycleStatus,
    description,
    subject,
  }
}

/** GOL-18; what is no word of FHIR's stands beside the status of a goal that was set. */
function lifecycle(gol: Segment, reading: Reading): Partial<Goal> | undefined {
  const said = worded(gol, "GOL-18", statuses, reading)
  const code = said?.coding?.[0]?.code
  const lifecycleStatus = statuses.codes.find((one) => one === code)
  if (lifecycleStatus !== undefined) {
    return { lifecycleStatus, _lifecycleStatus: { extension: said?.coding?.[0]?.extension } }
  }
  const other = firstConcept(gol, "GOL-18", reading)
  return other && { lifecycleStatus: "active", _lifecycleStatus: alternateConcept(other) }
}

const statuses: { system: string; codes: Goal["lifecycleStatus"][] } = {
  system: "http://hl7.org/fhir/goal-status",
  codes: [
    ...(["proposed", "planned", "accepted", "active", "on-hold"] as const),
    ...(["completed", "cancelled", "rejected"] as const),
  ],
}
