import type { ServiceRequest } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { concept, firstConcept } from "../type/cwe.ts"
import { entityKey, entityOf } from "../type/ei.ts"
import { numberIdentifiers, type OrderNumbers } from "./orc.ts"
import { periodOf } from "./resource.ts"

/** The field of AIS (2.5.1, 10.6.4) with its start. */
export const aisStart = 4

/**
 * The orders an appointment is made for (SCH-26 and SCH-27 number them), each with its AIS where
 * one can be told to be its own. SIU only mentions them: whoever ordered knows more.
 */
export function scheduledOrders(
  sch: Segment,
  services: readonly Segment[],
  about: About,
  starts: string | undefined,
  reading: Reading,
): ServiceRequest[] {
  const placers = sch.repetitions(26).map(entityOf)
  const fillers = sch.repetitions(27).map(entityOf)
  const count = Math.max(placers.length, fillers.length)
  const paired = count === 1 || count === services.length
  return Array.from({ length: count }, (_, at) => {
    const numbers = { placer: placers[at], filler: fillers[at] }
    return scheduledOrder(numbers, paired ? services[at] : undefined, about, starts, reading)
  }).filter((order) => order !== undefined)
}

function scheduledOrder(
  numbers: OrderNumbers,
  ais: Segment | undefined,
  about: About,
  starts: string | undefined,
  reading: Reading,
): ServiceRequest | undefined {
  const { placer, filler } = numbers
  // Known as in every other message about the order.
  const key = placer ? ["placer", entityKey(placer)] : filler && ["filler", entityKey(filler)]
  if (key === undefined) return undefined
  const code = ais && firstConcept(ais, "AIS-3", reading)
  const details = ([11, 12] as const).flatMap((field) =>
    ais ? each(ais, field, (cwe) => concept(cwe, `AIS-${field}`, reading)) : [],
  )
  return {
    resourceType: "ServiceRequest",
    identifier: [
      own(reading, "ServiceRequest", about.subject.reference ?? "", ...key),
      ...numberIdentifiers(numbers, reading),
    ],
    // The guide's: what there is an appointment for is under way.
    status: "active",
    intent: "order",
    code: code ?? absentCode,
    // prr-1: details are those of a code.
    orderDetail: code === undefined ? [] : details,
    subject: about.subject,
    encounter: about.encounter,
    occurrencePeriod: ais && periodOf(ais, aisStart, starts, reading),
  }
}
