import type { Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import type { Told } from "../../message.ts"
import { joinParts, layKnown } from "../known.ts"
import { type About, visitOf } from "../mentioned.ts"
import { tellNumbers } from "../order/numbers.ts"
import { visitPart } from "../order/request.ts"
import type { Mention, Reading } from "../reading.ts"
import type { Filing } from "../result/report.ts"
import { addObserved } from "./drug-observed.ts"
import { type OrderKey, orderKey, prescriptionIdentifiers } from "./key.ts"
import type { PharmacyOrder } from "./order.ts"
import {
  medicationRequestOf,
  namesDrug,
  prescriptionElements,
  prescriptionParts,
} from "./prescription.ts"

/** What a message of the pharmacy keeps up to date; the rest of its orders it only mentions. */
export type Owned = "request" | "dispense" | "administration" | "answer"

/** Where prescriptions are kept up to date: over what was told before, and what is told now. */
export interface Keeping extends Filing {
  messageId: number
  known: readonly Told[]
  told: Told[]
}

/** Whom an order is for, and in which visit. */
export interface Whom {
  about: About
  pv1: Segment | undefined
}

/** A prescription as `Told.resource` names it. */
export function prescriptionName({ identity }: OrderKey): string {
  return `MedicationRequest/${identity.value}`
}

/**
 * A prescription may be mentioned under several ORC of one number, one for each dose that was
 * given; a message that brings prescriptions brings as many as it has ORC.
 */
export function keyed(
  order: PharmacyOrder,
  { subject: { reference: subject = "" } }: About,
  owned: Owned,
  { reading, distinct }: Pick<Filing, "reading" | "distinct">,
): OrderKey {
  const known = orderKey(order, subject, owned === "request" ? distinct : undefined, reading)
  const unnumbered = owned !== "request" && numbered(known, reading) === undefined
  return unnumbered ? orderKey(order, subject, distinct, reading) : known
}

/** The prescription by our identifier, where no resource of this message is it. */
export function numbered(known: OrderKey, reading: Reading): Reference | undefined {
  const isNumbered = prescriptionIdentifiers(known, reading).length > 0
  return isNumbered ? { type: "MedicationRequest", identifier: known.identity } : undefined
}

/**
 * Adds the prescription, kept up to date part by part over what was told before; one that the
 * message only mentions is created where it is absent. What an answer says of an order is its
 * status and its number: it repeats the rest as it likes. An order that tells of no drug can't be
 * written before one is known.
 */
export function addRequest(
  order: PharmacyOrder,
  known: OrderKey,
  { about, pv1 }: Whom,
  owned: Owned,
  filing: Keeping,
): Reference | undefined {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const under = [order.requested, order.encoded].filter((one) => one !== undefined)
  const keeps = owned === "request" || owned === "answer"
  if (under.length === 0 && !keeps) return undefined
  // By their identifiers: what is kept for later messages must not lead to what is not in those.
  const observed = under
    .flatMap((one) => addObserved(one, known.key, about, filing))
    .map(({ type, identifier }) => ({ type, identifier }))
  const visit = visitPart(visitOf(pv1, about.subject, reading), reading)
  const told = prescriptionParts(order, known, observed, reading)
  const parts = visit ? [...told, visit] : told
  const kept = keeps ? parts.filter(({ part }) => owned === "request" || answered.has(part)) : []
  const elementsOf = (part: string) => prescriptionElements.get(part) ?? []
  const laid = layKnown(prescriptionName(known), kept, filing, elementsOf)
  const isKept = keeps && namesDrug(laid.elements)
  if (!isKept && under.length === 0) return undefined
  const { elements, mentions } = isKept ? laid : joinParts(parts)
  for (const each of mentions) mention(each)
  const resource = medicationRequestOf(known.identity, about, elements)
  if (!isKept) return mention(resource)
  const { identity } = known
  const { subject } = about
  const named = { type: "MedicationRequest", identity, subject } as const
  filing.told.push(...laid.told, ...tellNumbers(known, named, reading))
  return transaction.update(resource)
}

/** What an answer may change of an order. */
const answered = new Set(["ORC-1", "ORC-2", "ORC-3"])
