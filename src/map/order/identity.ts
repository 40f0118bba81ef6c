import type { CodeableConcept, FhirResource, Reference } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Told } from "../../message.ts"
import type { Reading } from "../reading.ts"
import type { Order, Result } from "../result/groups.ts"
import { codeOf, orderNumbers } from "../segment/orc.ts"
import { entityKey } from "../type/ei.ts"
import { requestIdentity } from "./request.ts"

/** What was told before of each resource, by its name. */
export type KnownOrders = ReadonlyMap<string, readonly Told[]>

/**
 * What each order is known by: its number. Some senders give one number to several services, in one
 * message or one after the other: then the first of them has it alone, and each other that is
 * ordered anew has it with its code, so that none is lost in another. What is changed of an order
 * or answered to it is that of its code, else the first. Orders without any number are counted.
 */
export function identitiesOf(
  result: Result,
  subject: Reference,
  reading: Reading,
  known: KnownOrders,
): Map<Order, OwnIdentifier> {
  const { message } = reading
  const identities = new Map<Order, OwnIdentifier>()
  /** Of each number: what its services are known by, by their codes, the first one's first. */
  const taken = new Map<string, Map<string, OwnIdentifier>>()
  for (const order of servicesOf(result, reading)) {
    const own = requestIdentity(order, subject, reading)
    const code = codeOf(order)
    const services = taken.get(own.value) ?? new Map<string, OwnIdentifier>()
    taken.set(own.value, services)
    const nth = services.size + 1
    const name = isNumbered(order) ? code : `#${nth}`
    const identity = services.get(name) ?? identityOf(order, own, nth)
    services.set(name, identity)
    identities.set(order, identity)
  }
  return identities

  function identityOf(order: Order, own: OwnIdentifier, nth: number): OwnIdentifier {
    const isFirst = nth === 1
    if (!isNumbered(order)) {
      return isFirst ? own : requestIdentity(order, subject, reading, `#${nth}`)
    }
    const coded = identityByCode(order, subject, reading)
    // What was told since counts not: a message that is sent again is of the same orders as before.
    const before = (known.get(ownedName(own)) ?? []).filter((row) => row.messageId < message.id)
    const told = codesTold(before)
    if (coded === undefined || (told.size === 0 ? isFirst : told.has(codeOf(order)))) return own
    return !isFirst || begins(order) || known.has(ownedName(coded)) ? coded : own
  }
}

/** All that the orders of a message may be known by, as `Told.resource`. */
export function namesOf(result: Result, subject: Reference, reading: Reading): string[] {
  const identities = servicesOf(result, reading).flatMap((order) => [
    requestIdentity(order, subject, reading),
    identityByCode(order, subject, reading),
  ])
  const unnumbered = identitiesOf(result, subject, reading, new Map()).values()
  const all = [...unnumbered, ...identities].filter((identity) => identity !== undefined)
  return [...new Set(all.map(ownedName))]
}

/** A ServiceRequest as `Told.resource` names it. */
export function ownedName({ value }: OwnIdentifier): string {
  const type: FhirResource["resourceType"] = "ServiceRequest"
  return `${type}/${value}`
}

function isNumbered(order: Order): boolean {
  const { placer, filler } = orderNumbers(order)
  return (placer ?? filler) !== undefined
}

/** What it is known by where another service has its number alone. */
function identityByCode(order: Order, subject: Reference, reading: Reading) {
  const code = codeOf(order)
  return isNumbered(order) && code ? requestIdentity(order, subject, reading, code) : undefined
}

/** NW orders anew, and so does an OBR that nothing is said with; CH is a child order. */
function begins({ orc }: Order): boolean {
  return ["", "NW", "CH"].includes(orc?.text(1) ?? "")
}

/** The codes and names of the service that an order was told to be of, or was read to be of. */
function codesTold(told: readonly Told[]): ReadonlySet<string | undefined> {
  const concepts = told.flatMap(({ part, value }): (CodeableConcept | undefined)[] => {
    if (part !== "OBR-4" && part !== "read:code") return []
    const said = JSON.parse(value ?? "{}")
    return [part === "OBR-4" ? said.makes?.code : said]
  })
  return new Set(
    concepts.flatMap((concept) => [
      ...(concept?.coding ?? []).flatMap(({ code, display }) => [code, display]),
      ...(concept?.text ? [concept.text] : []),
    ]),
  )
}

/** The orders of a service, each with the ORC that speaks of it. */
function servicesOf({ orders }: Result, reading: Reading): Order[] {
  const others = otherOrders(reading)
  return withCommon(orders).filter(({ orc, obr }) => obr || orc === undefined || !others.has(orc))
}

/** Some senders write one ORC for several OBR of its number; of another number it is not theirs. */
function withCommon(orders: readonly Order[]): Order[] {
  let above: Segment | undefined
  return orders.map((order) => {
    if (order.orc !== undefined) above = order.orc
    if (order.orc !== undefined || above === undefined) return order
    const { placer: own } = orderNumbers(order)
    const { placer } = orderNumbers({ orc: above, obr: undefined })
    const isTheirs = own === undefined || (placer && entityKey(own) === entityKey(placer))
    return isTheirs ? { ...order, orc: above } : order
  })
}

/** The ORC above a diet, a supply or a blood product, which are of no service. */
function otherOrders(reading: Reading): Set<Segment> {
  const others = new Set<Segment>()
  const { segments } = reading.parsed
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]?.name ?? ""
    if (segment.name !== "ORC" || !otherDetails.has(next)) continue
    others.add(segment)
    reading.note(`an order of ${next}: only orders of services and drugs are read here`)
  }
  return others
}

const otherDetails = new Set(["RQD", "RQ1", "ODS", "ODT", "BPO"])
