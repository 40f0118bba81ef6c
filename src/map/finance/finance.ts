import type { Account, Reference } from "fhir/r4"
import type { Identified } from "../../fhir/identity.ts"
import { referenceTo } from "../../fhir/identity.ts"
import type { Transaction } from "../../fhir/transaction.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Told } from "../../message.ts"
import type { About } from "../mentioned.ts"
import { type Part, partOf } from "../part.ts"
import type { Mention, Reading } from "../reading.ts"
import { accident } from "../segment/acc.ts"
import { diagnosisGroup } from "../segment/drg.ts"
import { guarantor } from "../segment/gt1.ts"
import { coverage } from "../segment/in1.ts"
import { caseManagement } from "../segment/in3.ts"
import { patientIdentity } from "../segment/pid.ts"
import { procedure } from "../segment/pr1.ts"
import { account, accountNumbered, accountParts, type Layer } from "./account.ts"
import { type Group, insurancesOf, patientsOf } from "./group.ts"

/** What is filed into. */
export interface Filing {
  transaction: Transaction
  reading: Reading
}

/** The segments that `addPayers`, `addCircumstances` and `addProcedures` read. */
export const financeSegments = ["PR1", "GT1", "IN1", "IN2", "IN3", "ACC", "DRG"] as const

/** The accounts a message names (PID-18), as `Told.resource`, where it keeps them up to date. */
export function ownedAccounts(reading: Reading): string[] {
  const names = [...patientsOf(reading).keys()].flatMap((pid) => {
    const patient = patientIdentity(pid, reading)
    const identity = patient && accountNumbered(pid, 18, referenceTo(patient), reading)
    return identity ? [`Account/${identity.value}`] : []
  })
  return [...new Set(names)]
}

/**
 * Adds what a message says of who pays for one patient: the coverages (IN1 to IN3), the guarantors
 * (GT1), and the account (PID-18) they belong to. With `layer` the account is kept up to date, and
 * what it is told is in `told`; without, it is only mentioned. `pv1` is the visit, where there is
 * just one.
 */
export function addPayers(
  { pid, pv1, rest }: Pick<Group, "pid" | "pv1" | "rest">,
  about: About,
  filing: Filing,
  layer?: Layer,
): { account: Reference | undefined; told: Told[] } {
  const { transaction, reading } = filing
  const paid = [...coverageParts(rest, pv1, about, filing), ...guarantorParts(rest, about, filing)]
  const identity = accountNumbered(pid, 18, about.subject, reading)
  if (identity === undefined) {
    // An ADT tells who pays for a patient, whether or not there is an account yet.
    const charged = /^(DFT|BAR)/.test(reading.message.type)
    if (charged && paid.length > 0) {
      reading.note("PID-18: no account number; who pays is linked to no account")
    }
    return { account: undefined, told: [] }
  }
  const parts = [...accountParts(pid, pv1, reading), ...paid]
  const kept = account(identity, about.subject, parts, layer, reading)
  const reference = layer ? transaction.update(kept.resource) : transaction.create(kept.resource)
  for (const each of kept.mentions) transaction.create(each)
  return { account: reference, told: kept.told }
}

/** Adds the accident (ACC) and the diagnosis related group (DRG) of a visit. */
export function addCircumstances(
  rest: readonly Segment[],
  about: About,
  { transaction, reading }: Filing,
): void {
  for (const segment of rest) {
    const made =
      segment.name === "ACC"
        ? accident(segment, about, reading)
        : segment.name === "DRG"
          ? diagnosisGroup(segment, about, reading)
          : undefined
    if (made !== undefined) transaction.update(made)
  }
}

/** Adds the procedures, and gives the reference to that of each PR1 which names one. */
export function addProcedures(
  rest: readonly Segment[],
  about: About,
  { transaction, reading }: Filing,
): Map<Segment, Reference> {
  // Who bills a procedure has done it; an ADT may as well speak of one that is planned.
  const billed = ["DFT", "BAR"].some((family) => reading.message.type.startsWith(family))
  const mention: Mention = (resource) => transaction.create(resource)
  const added = new Map<Segment, Reference>()
  for (const [at, segment] of rest.entries()) {
    if (segment.name !== "PR1") continue
    const end = rest.findIndex(({ name }, further) => further > at && !/^(ROL|PRT)$/.test(name))
    const roles = rest.slice(at + 1, end < 0 ? undefined : end)
    const status = billed ? "completed" : "unknown"
    const made = procedure(segment, about, status, reading, mention, roles)
    if (made !== undefined) added.set(segment, transaction.update(made))
  }
  return added
}

/** All IN1 as one part of the account: they are sent together as they stand. */
function coverageParts(
  rest: readonly Segment[],
  pv1: Segment | undefined,
  about: About,
  { transaction, reading }: Filing,
): Part[] {
  const part = partOf("IN1", reading, (mention) => ({
    coverage: insurancesOf(rest).flatMap(({ in1, in2, in3 }): Account["coverage"] & object => {
      for (const each of in3) {
        const team = caseManagement(each, about, reading)
        if (team !== undefined) transaction.update(team)
      }
      const both = alsoIn(transaction, mention)
      const made = coverage(in1, about.subject, reading, both, { in2, pv1 })
      if (made === undefined) return []
      transaction.update(made)
      return [{ coverage: mention(made), priority: made.order }]
    }),
  }))
  return part ? [part] : []
}

/** All GT1 as one part of the account. */
function guarantorParts(
  rest: readonly Segment[],
  { subject }: About,
  { transaction, reading }: Filing,
): Part[] {
  const part = partOf("GT1", reading, (mention) => ({
    guarantor: rest.flatMap((segment) => {
      if (segment.name !== "GT1") return []
      const made = guarantor(segment, subject, reading, {
        mention: alsoIn(transaction, mention),
        state(person) {
          transaction.update(person)
          return mention(person)
        },
      })
      return made ? [made] : []
    }),
  }))
  return part ? [part] : []
}

/** Takes a resource into the transaction now, whatever becomes of the part that mentions it. */
function alsoIn(transaction: Transaction, mention: Mention): Mention {
  return (resource: Identified) => {
    transaction.create(resource)
    return mention(resource)
  }
}
