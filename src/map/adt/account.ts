import type { Identifier, Reference } from "fhir/r4"
import { type OwnIdentifier, referenceTo } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import type { Writing } from "../adt.ts"
import { account, accountNumbered, ended, endsAccounts } from "../finance/account.ts"
import { addPayers, ownedAccounts } from "../finance/finance.ts"
import type { About } from "../mentioned.ts"
import { each } from "../part.ts"
import type { Reading } from "../reading.ts"
import { priorElements, priorPatient } from "../segment/mrg.ts"
import { patientIdentity } from "../segment/pid.ts"
import { identifier } from "../type/cx.ts"
import { type Person, peopleOf, segmentsOf } from "./person.ts"

/** The accounts that a message keeps up to date, as `Told.resource`. */
export function accountsOf(reading: Reading): string[] {
  if (!endsAccounts(reading)) return ownedAccounts(reading)
  const former = peopleOf(reading).flatMap((person) => {
    const patient = patientIdentity(person.pid, reading)
    return patient ? formerAccounts(person, referenceTo(patient), reading) : []
  })
  return [...ownedAccounts(reading), ...former.map(({ identity }) => `Account/${identity.value}`)]
}

/** Adds who pays for a patient, and ends the accounts that go on elsewhere. */
export function addAccounts(person: Person, about: About, writing: Writing): void {
  const { transaction, reading, layer, told } = writing
  const [pv1, ...more] = segmentsOf(person, "PV1")
  const visit = more.length === 0 ? pv1 : undefined
  const group = { pid: person.pid, pv1: visit, rest: [...person.segments] }
  const paid = addPayers(group, about, writing, layer)
  told.push(...paid.told)
  for (const former of formerAccounts(person, about.subject, reading)) {
    const whose = priorPatient(former.mrg, reading)
    const { identifier: numbers } = priorElements(former.mrg, reading)
    if (whose) transaction.create({ resourceType: "Patient", identifier: [whose, ...numbers] })
    if (endsAccounts(reading)) endAccount(former, writing)
    else mentionAccount(former, writing)
  }
}

function endAccount({ identity, mrg, patient }: FormerAccount, writing: Writing): void {
  const { transaction, reading, layer, told } = writing
  const kept = account(identity, patient, [ended], layer, reading)
  const [own, ...others] = kept.resource.identifier ?? []
  const all = [own ?? identity, ...(others.length > 0 ? others : numbersIn(mrg, reading))]
  transaction.update({ ...kept.resource, identifier: all })
  for (const each of kept.mentions) transaction.create(each)
  told.push(...kept.told)
}

function mentionAccount(
  { identity, mrg, patient }: FormerAccount,
  { transaction, reading }: Writing,
): void {
  transaction.create({
    resourceType: "Account",
    identifier: [identity, ...numbersIn(mrg, reading)],
    status: "unknown",
    subject: [patient],
  })
}

function numbersIn(mrg: Segment, reading: Reading): Identifier[] {
  return each(mrg, 3, (cx) => identifier(cx, "account", "MRG-3", reading))
}

interface FormerAccount {
  identity: OwnIdentifier
  mrg: Segment
  /** Whose it was. */
  patient: Reference
}

/** The accounts that MRG-3 names, but for the one that PID-18 says goes on. */
function formerAccounts(person: Person, subject: Reference, reading: Reading): FormerAccount[] {
  const now = accountNumbered(person.pid, 18, subject, reading)
  return segmentsOf(person, "MRG").flatMap((mrg) => {
    const former = priorPatient(mrg, reading)
    const patient = former ? referenceTo(former) : subject
    const identity = accountNumbered(mrg, 3, patient, reading)
    return identity && identity.value !== now?.value ? [{ identity, mrg, patient }] : []
  })
}
