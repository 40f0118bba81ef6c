import type { Reference, Task } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { practitioner } from "../type/xcn.ts"
import { orderTask } from "../vocabulary/decided-pharmacy.ts"
import type { OrderKey } from "./key.ts"

/**
 * What was asked or answered about an order (ORC-1), for which an order's own resource has no
 * place: an answer repeats little of the order, and written over it would delete the rest. Request
 * and answer meet in one Task, known by the order and what was asked. Undefined where ORC-1 tells
 * neither.
 */
export function taskOf(
  orc: Segment,
  known: OrderKey,
  focus: Reference | undefined,
  about: { subject: Reference; encounter: Reference | undefined } | undefined,
  reading: Reading,
  mention: Mention,
): Task | undefined {
  const control = orc.text(1)
  const told = control && Object.hasOwn(orderTask, control) ? orderTask[control] : undefined
  if (control === undefined || told === undefined || focus === undefined) {
    reading.note(
      told
        ? "ORC: no number names the order; what is said of it is left out"
        : "ORC-1: it neither asks nor answers anything about an order; it is left out",
    )
    return undefined
  }
  const { asked, status } = told
  return {
    resourceType: "Task",
    identifier: [own(reading, "Task", ...known.key, asked)],
    status,
    statusReason: firstConcept(orc, "ORC-16", reading),
    businessStatus: { coding: [{ system: orderControlSystem, code: control }] },
    intent: "order",
    code: { coding: [{ system: taskCodeSystem, code: asked }] },
    focus,
    for: about?.subject,
    encounter: about?.encounter,
    lastModified: dateTime(orc.text(9), "ORC-9", reading),
    requester: each(orc, 12, (xcn) => practitioner(xcn, reading, mention))[0],
  }
}

const orderControlSystem = "http://terminology.hl7.org/CodeSystem/v2-0119"
const taskCodeSystem = "http://hl7.org/fhir/CodeSystem/task-code"
