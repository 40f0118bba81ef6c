import type { Reference, Task } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { annotations } from "../segment/nte.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { practitioner } from "../type/xcn.ts"
import { orderTask, taskOfStatus } from "../vocabulary/decided-orders.ts"
import { targetOf } from "../vocabulary/target.ts"

/** The order that something is asked or answered about. */
export interface Spoken {
  identity: OwnIdentifier
  focus: Reference
  /** Undefined where the message does not say whose it is. */
  about: Partial<About> | undefined
  notes: readonly Segment[]
}

/**
 * What was asked or answered about an order (ORC-1; 2.5.1, 4.5.1.1), for which its own resource has
 * no place: one Task for each thing that may be asked of it, in which a request and its answer
 * meet, and the one of fulfilling it, on which most answers have a bearing too. In v2's words it
 * stands in `businessStatus`. None where ORC-1 tells neither. `answers`: what is asked stands in
 * the order itself.
 */
export function tasksOf(
  orc: Segment | undefined,
  spoken: Spoken,
  which: "all" | "answers",
  reading: Reading,
  mention: Mention,
): Task[] {
  const told = targetOf(orderTask, orc?.text(1))
  if (orc === undefined || told === undefined) return []
  if (which === "answers" && told.status === "requested") return []
  const { asked, status, fulfill = asked === "fulfill" ? status : undefined } = told
  // A refusal is one, whatever ORC-5 says of the order that goes on.
  const refused = fulfill === undefined || fulfill === "rejected" || fulfill === "requested"
  const standing = refused ? fulfill : (targetOf(taskOfStatus, orc.text(5))?.code ?? fulfill)
  const statuses = { [asked]: status, ...(standing ? { fulfill: standing } : {}) }
  return Object.entries(statuses).map(([code, status]) => {
    const { identity, focus, about, notes } = spoken
    return {
      resourceType: "Task",
      identifier: [own(reading, "Task", code, identity.value)],
      basedOn: [focus],
      status,
      statusReason: firstConcept(orc, "ORC-16", reading),
      businessStatus: { coding: [{ system: orderControlCodes, code: orc.text(1) }] },
      intent: "order",
      code: { coding: [{ system: taskCodes, code, display: displays[code] }] },
      focus,
      for: about?.subject,
      encounter: about?.encounter,
      lastModified: dateTime(orc.text(9), "ORC-9", reading),
      requester: each(orc, 12, (xcn) => practitioner(xcn, reading, mention))[0],
      note: annotations(notes, reading, mention),
    }
  })
}

const orderControlCodes = "http://terminology.hl7.org/CodeSystem/v2-0119"
const taskCodes = "http://hl7.org/fhir/CodeSystem/task-code"

const displays: Record<string, string | undefined> = {
  abort: "Mark the focal resource as no longer active",
  change: "Change the focal resource",
  fulfill: "Fulfill the focal request",
  replace: "Replace the focal resource with the input resource",
  resume: "Re-activate the focal resource",
  suspend: "Suspend the focal resource",
}
