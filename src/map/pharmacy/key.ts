import type { Identifier, Reference } from "fhir/r4"
import { type OwnIdentifier, siteSystem } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Part } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import type { Filing } from "../result/report.ts"
import { numberIdentifiers } from "../segment/orc.ts"
import { type Entity, entityAt, entityIdentifier, entityIn, entityKey } from "../type/ei.ts"
import type { PharmacyOrder } from "./order.ts"

/** What an order of the pharmacy is known by. */
export interface OrderKey {
  /** Patient and placer's number, else filler's, else that of the prescription. */
  key: readonly string[]
  identity: OwnIdentifier
  placer: Entity | undefined
  filler: Entity | undefined
  /** RXE-15 or RXD-7, which a pharmacy counts on its own. */
  prescription: string | undefined
}

/**
 * The key of an order: never the sender's, so that the prescriber's message and the pharmacy's are
 * about one prescription. Only a number of the pharmacy's own lists is its sender's. `distinct` is
 * given where two orders of one number in one message are two.
 */
export function orderKey(
  { orc, encoded, dispensed }: Pick<PharmacyOrder, "orc" | "encoded" | "dispensed">,
  subject: string,
  distinct: Filing["distinct"] | undefined,
  reading: Reading,
): OrderKey {
  const placer = entityAt(orc, 2)
  const filler = entityAt(orc, 3)
  const prescription = encoded?.segment.text(15) ?? dispensed[0]?.segment.text(7)
  const number = placer
    ? ["placer", entityKey(placer)]
    : filler
      ? ["filler", entityKey(filler)]
      : prescription && ["prescription", reading.sender, prescription]
  const plain = [subject, ...(number ?? ["message", reading.digest])]
  const key = distinct ? distinct(plain) : plain
  return { key, identity: own(reading, "MedicationRequest", ...key), placer, filler, prescription }
}

/** The numbers of an order as identifiers of its prescription. */
export function prescriptionIdentifiers(
  known: Omit<OrderKey, "key" | "identity">,
  reading: Reading,
): Identifier[] {
  const { prescription } = known
  const numbers = numberIdentifiers(known, reading)
  return prescription === undefined
    ? numbers
    : [...numbers, prescriptionNumber(prescription, reading)]
}

/** The same, each as a part of its own: a message need not repeat them all. */
export function numberParts(known: OrderKey, reading: Reading): Part[] {
  const { placer, filler, prescription } = known
  const numbers = [
    { part: "ORC-2", numbered: { placer, filler: undefined, prescription: undefined } },
    { part: "ORC-3", numbered: { placer: undefined, filler, prescription: undefined } },
    { part: "RXE-15", numbered: { placer: undefined, filler: undefined, prescription } },
  ]
  return numbers.flatMap(({ part, numbered }) => {
    const identifier = prescriptionIdentifiers(numbered, reading)
    return identifier.length > 0 ? [{ part, makes: { identifier }, mentions: [] }] : []
  })
}

/** A number of the pharmacy's own list: another pharmacy's number 5 is another prescription. */
export function prescriptionNumber(value: string, reading: Reading): Identifier {
  return { system: siteSystem(reading.site.id, `prescription-${reading.sender}`), value }
}

/** ORC-8: the order it was made out of. */
export function parentOf(orc: Segment | undefined, reading: Reading): Reference[] | undefined {
  const [eip] = orc?.repetitions(8) ?? []
  const parent = eip && (entityIn(eip, 1) ?? entityIn(eip, 2))
  const local = eip && entityIn(eip, 1) ? "placer" : `filler-${reading.sender}`
  const identifier = parent && entityIdentifier(parent, undefined, local, reading)
  return identifier && [{ type: "MedicationRequest", identifier }]
}
