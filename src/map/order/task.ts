import type { Reference, Task } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import { referenceTo } from "../../fhir/identity.ts"
import type { About } from "../mentioned.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Order } from "../result/groups.ts"
import { annotations } from "../segment/nte.ts"
import { firstConcept } from "../type/cwe.ts"
import { dateTime } from "../type/dtm.ts"
import { taskOfControl, taskOfStatus } from "../vocabulary/decided-orders.ts"
import { targetOf } from "../vocabulary/target.ts"

/**
 * What a filler answers to an order (2.5.1, 4.5.1.1), as the one Task of fulfilling it: accepted,
 * rejected, on its way, ended. Undefined where ORC-1 is a placer's own code, to which nothing has
 * been answered yet. What was answered stands in `businessStatus`, in v2's words.
 */
export function answerTask(
  { orc, notes }: Order,
  request: OwnIdentifier,
  about: About,
  reading: Reading,
  mention: Mention,
): Task | undefined {
  const control = orc?.text(1)
  const answered = targetOf(taskOfControl, control)
  if (orc === undefined || control === undefined || answered === undefined) return undefined
  // A refusal is one, whatever ORC-5 says of the order that goes on.
  const standing = answered.code === "rejected" ? undefined : targetOf(taskOfStatus, orc.text(5))
  const focus: Reference = referenceTo(request)
  return {
    resourceType: "Task",
    identifier: [own(reading, "Task", "fulfil", request.value)],
    basedOn: [focus],
    status: (standing ?? answered).code,
    statusReason: firstConcept(orc, "ORC-16", reading),
    businessStatus: { coding: [{ system: orderControlCodes, code: control }] },
    intent: "order",
    code: {
      coding: [{ system: taskCodes, code: "fulfill", display: "Fulfill the focal request" }],
    },
    focus,
    for: about.subject,
    encounter: about.encounter,
    lastModified: dateTime(orc.text(9), "ORC-9", reading),
    note: annotations(notes, reading, mention),
  }
}

const orderControlCodes = "http://terminology.hl7.org/CodeSystem/v2-0119"
const taskCodes = "http://hl7.org/fhir/CodeSystem/task-code"
