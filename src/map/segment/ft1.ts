import type { ChargeItem, ChargeItemPerformer, CodeableConcept, Reference } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { patientKey, patientNumberIn } from "../../hl7/subject.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { absentCode } from "../type/absent.ts"
import { codingSystem } from "../type/coding.ts"
import { codeKey, concept, firstConcept } from "../type/cwe.ts"
import { identifier } from "../type/cx.ts"
import { dateTime, period } from "../type/dtm.ts"
import { entityAt, entityIdentifier } from "../type/ei.ts"
import { money } from "../type/money.ts"
import { decimal } from "../type/quantity.ts"
import { statusOf } from "../type/status.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { transactionType } from "../vocabulary/decided-billing.ts"
import { targetOf } from "../vocabulary/target.ts"
import { annotations } from "./nte.ts"
import { modified } from "./pr1.ts"
import { actorsOf, takingPart } from "./prt.ts"
import { rolFields } from "./role-contact.ts"

/** A charge with what the message says under it: notes, what was done, and why (of a P11). */
export interface Charged {
  ft1: Segment
  notes: Segment[]
  /** ROL and PRT. */
  participants: Segment[]
  procedures: Segment[]
  diagnoses: Segment[]
}

/** What a charge refers to, besides the patient and the visit. */
export interface Charging extends About {
  account: Reference | undefined
  service: Reference[]
  reasons: Reference[]
}

/**
 * What tells one charge from another: its transaction number (FT1-2), which whoever assigned it, or
 * else the sender, uses once; without one the patient, the day and the service. A credit is another
 * charge than the one of the same number that it makes up for.
 */
export function chargeKey({ ft1 }: Charged, { subject }: About, reading: Reading): string[] {
  const [number] = ft1.repetitions(2)
  const key = number && patientKey(patientNumberIn(number), reading.sender)
  const code = codeKey(ft1, "FT1-7", chargeCode(ft1, reading), reading)
  const credit = isCredit(ft1) ? ["credit"] : []
  if (key !== undefined) return ["number", key, ...credit]
  return [subject.reference ?? "", ft1.text(4) ?? "", code, ...credit]
}

/**
 * Whether an FT1 charges anything, or takes a charge back. A payment, a co-payment or an adjustment
 * (table 0017) is of the account, and R4 has it in what a payer sends (PaymentReconciliation).
 */
export function charges(ft1: Segment, reading: Reading): boolean {
  if (targetOf(transactionType, ft1.text(6)) === null) {
    reading.note("FT1-6: a payment or an adjustment is no charge; it is left out")
    return false
  }
  if ([7, 8, 25, 29].some((field) => ft1.repetitions(field).length > 0)) return true
  reading.note("FT1-7: nothing is named that is charged; it is left out")
  return false
}

/** An FT1 (2.5.1, 6.5.1) as a ChargeItem, where it `charges`. The guide has no table for it. */
export function chargeItem(
  { ft1, notes, participants }: Charged,
  key: readonly string[],
  { subject, encounter, account, service, reasons }: Charging,
  reading: Reading,
  mention: Mention,
): ChargeItem {
  const order = entityAt(ft1, 23)
  const placed: Reference[] = order
    ? [
        {
          type: "ServiceRequest",
          identifier: entityIdentifier(order, "FILL", `filler-${reading.sender}`, reading),
        },
      ]
    : []
  const entering = participants.filter((rol) => rol.text(rolFields(rol).role) === "EP")
  const others = participants.filter((rol) => !entering.includes(rol))
  const [named] = each(ft1, 24, (xcn) => practitioner(xcn, reading, mention))
  const enterer = named ?? entering.flatMap((rol) => takingPart(rol, reading, mention))[0]
  return {
    resourceType: "ChargeItem",
    identifier: [
      own(reading, "ChargeItem", ...key),
      ...each(ft1, 2, (cx) => identifier(cx, `transaction-${reading.sender}`, "FT1-2", reading)),
    ],
    ...statusOfCharge(ft1, reading),
    code: modified(
      chargeCode(ft1, reading),
      each(ft1, 26, (cwe) => cwe.text(1)),
      "FT1-26",
      reading,
    ),
    subject,
    context: encounter,
    ...occurrence(ft1, reading),
    performer: performers(ft1, others, reading, mention),
    performingOrganization: each(ft1, 32, (xon) => organization(xon, reading, mention))[0],
    requestingOrganization: each(ft1, 33, (xon) => organization(xon, reading, mention))[0],
    costCenter: department(ft1, reading),
    ...amounts(ft1, reading),
    enterer,
    enteredDate: dateTime(ft1.text(5), "FT1-5", reading),
    reason: each(ft1, 19, (cwe) => concept(cwe, "FT1-19", reading)),
    service,
    productCodeableConcept: firstConcept(ft1, "FT1-29", reading),
    account: account && [account],
    note: annotations(notes, reading, mention),
    supportingInformation: [...reasons, ...placed],
  }
}

/** FT1-7 with the procedure of FT1-25, which is the same charge in a standard's words. */
function chargeCode(ft1: Segment, reading: Reading): CodeableConcept {
  const charged = firstConcept(ft1, "FT1-7", reading)
  const done = firstConcept(ft1, "FT1-25", reading)
  const text = charged?.text ?? ft1.component(8) ?? done?.text
  const codings = [...(charged?.coding ?? []), ...(done?.coding ?? [])]
  const coding = codings.filter(({ system, code }, at) => {
    return at === codings.findIndex((other) => other.system === system && other.code === code)
  })
  return coding.length === 0 && text === undefined ? absentCode : { coding, text }
}

function statusOfCharge(ft1: Segment, reading: Reading) {
  const type = ft1.text(6)
  const from = { field: "FT1-6", table: "0017", plain: "CG" }
  if (type !== undefined) return statusOf(transactionType, type, from, reading)
  reading.note("FT1-6: it is not told what kind of transaction it is; its status is unknown")
  return { status: "unknown" as const }
}

/** FT1-4, a DR: a day, or the days from and to. */
function occurrence(
  ft1: Segment,
  reading: Reading,
): Pick<ChargeItem, "occurrenceDateTime" | "occurrencePeriod"> {
  const [from, to] = [ft1.text(4), ft1.text(4, 2)]
  if (to === undefined) return { occurrenceDateTime: dateTime(from, "FT1-4", reading) }
  return { occurrencePeriod: period(from, to, "FT1-4", reading) }
}

/** Who did it (FT1-20), who ordered it (FT1-21), who is named as such, and who else had to do. */
function performers(
  ft1: Segment,
  participants: readonly Segment[],
  reading: Reading,
  mention: Mention,
): ChargeItemPerformer[] {
  return [
    ...each(ft1, 20, (xcn) => {
      const actor = practitioner(xcn, reading, mention)
      return actor && { actor }
    }),
    ...each(ft1, 21, (xcn) => {
      const actor = practitioner(xcn, reading, mention)
      return actor && { function: { coding: [orderingProvider] }, actor }
    }),
    ...actorsOf(participants, reading, mention),
  ]
}

/** FT1-13, by its code or name only: v2 has a code there, not an organization. */
function department(ft1: Segment, reading: Reading): Reference | undefined {
  const [cwe] = ft1.repetitions(13)
  if (cwe === undefined) return undefined
  const value = cwe.text(1)
  const system = codingSystem(cwe.text(3), cwe.text(14), "0049", reading)
  const identifier = value === undefined ? undefined : { system, value }
  return { type: "Organization", identifier, display: cwe.component(2) }
}

/**
 * How much and for how much, which a credit takes back: FT1-11 is the whole amount, and FT1-12,
 * that of one unit, is as much where there is one.
 */
function amounts(ft1: Segment, reading: Reading): Pick<ChargeItem, "quantity" | "priceOverride"> {
  const count = decimal(ft1.text(10))
  const signed = (amount: number) => (isCredit(ft1) ? -Math.abs(amount) : amount)
  if (count === undefined && ft1.text(10) !== undefined) {
    reading.note("FT1-10: it is no number; it is left out")
  }
  const single = count === undefined || Math.abs(count) === 1
  const field = ft1.text(11) === undefined && single ? 12 : 11
  if (field === 11 && ft1.text(12) !== undefined) {
    reading.note("FT1-12: the amount of one unit has no place in R4; it is left out")
  }
  const [price] = each(ft1, field, (cp) => money(cp, `FT1-${field}`, reading))
  return {
    quantity: count === undefined ? undefined : { value: signed(count) },
    priceOverride: price && { ...price, value: signed(price.value) },
  }
}

function isCredit(ft1: Segment): boolean {
  return ft1.text(6) === "CD"
}

const orderingProvider = {
  system: "http://terminology.hl7.org/CodeSystem/v2-0443",
  code: "OP",
  display: "Ordering Provider",
}
