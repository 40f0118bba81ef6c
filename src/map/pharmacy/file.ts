import type { Reference } from "fhir/r4"
import { referenceTo } from "../../fhir/identity.ts"
import { addCharges } from "../finance/charge.ts"
import { type About, mentionPatient } from "../mentioned.ts"
import { addTasks, numberNames } from "../order/numbers.ts"
import { tasksOf } from "../order/task.ts"
import type { Mention, Reading } from "../reading.ts"
import { distinct, type Filing } from "../result/report.ts"
import { allergy, together } from "../segment/al1.ts"
import { coverage } from "../segment/in1.ts"
import { patientIdentity } from "../segment/pid.ts"
import { administrationKey, medicationAdministration } from "./administration.ts"
import { dispenseKey, medicationDispense } from "./dispense.ts"
import { addObserved } from "./drug-observed.ts"
import type { OrderKey } from "./key.ts"
import type { PharmacyOrder, Prepared, Treated } from "./order.ts"
import {
  addRequest,
  type Keeping,
  keyed,
  numbered,
  type Owned,
  prescriptionName,
  type Whom,
} from "./prescribe.ts"
import { noteUnplaced } from "./unplaced.ts"

/** The prescriptions that a message keeps up to date, as `Told.resource`. */
export function prescriptionNames(
  treatments: readonly Treated[],
  owned: Owned,
  reading: Reading,
): string[] {
  const counted = distinct()
  return treatments.flatMap(({ pid, orders }) => {
    const patient = patientIdentity(pid, reading)
    if (patient === undefined) return []
    const about = { subject: referenceTo(patient), encounter: undefined }
    const names = orders.map((order) =>
      prescriptionName(keyed(order, about, owned, { reading, distinct: counted })),
    )
    return [...new Set(names)]
  })
}

/** Files all that is told of one patient's drugs. `index` counts the message's patients, from 0. */
export function fileTreated(treated: Treated, index: number, owned: Owned, filing: Keeping): void {
  const { transaction, reading } = filing
  const { pv1, orders, notes, allergies, insurances, charges } = treated
  const about = mentionPatient(treated, index, filing)
  if (notes.some((nte) => nte.text(3) !== undefined)) {
    reading.note("NTE under PID: FHIR has no place for it")
  }
  const mention: Mention = (resource) => transaction.create(resource)
  together(allergies.map((al1) => allergy(al1, about.subject, reading))).forEach(mention)
  for (const in1 of insurances) {
    const made = coverage(in1, about.subject, reading, mention)
    if (made !== undefined) mention(made)
  }
  if (charges.length > 0) {
    const nothing = { account: undefined, diagnoses: new Map(), procedures: new Map() }
    addCharges(charges, about, nothing, filing)
  }
  for (const order of orders) addOrder(order, { about, pv1 }, owned, filing)
}

/** Whom to call about an order, what it costs, and which step of the work it is. */
const unplacedOfOrder = [
  6, 11, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34,
]

function addOrder(order: PharmacyOrder, whom: Whom, owned: Owned, filing: Keeping): void {
  const { transaction, reading } = filing
  const { about } = whom
  const mention: Mention = (resource) => transaction.create(resource)
  if (order.orc) noteUnplaced(order.orc, unplacedOfOrder, reading)
  const known = keyed(order, about, owned, filing)
  const request = addRequest(order, known, whom, owned, filing)
  const focus = request ?? numbered(known, reading)
  addGiven(order, { known, request: focus, about }, owned, filing)
  const detailed = order.requested ?? order.encoded ?? order.dispensed[0] ?? order.administered[0]
  if (order.orc === undefined || (owned !== "answer" && detailed)) return
  if (focus === undefined) {
    reading.note("ORC: no number names the order; what is said of it is left out")
    return
  }
  const spoken = { identity: known.identity, focus, about, notes: [] }
  const tasks = tasksOf(order.orc, spoken, "all", reading, mention)
  filing.told.push(...addTasks(tasks, numberNames(known, reading), filing.known, filing))
  if (tasks.length === 0) {
    reading.note("ORC-1: it neither asks nor answers anything about an order; it is left out")
  }
}

/** What was dispensed and what was given of an order. */
function addGiven(
  order: PharmacyOrder,
  { known, request, about }: { known: OrderKey; request: Reference | undefined; about: About },
  owned: Owned,
  filing: Filing,
): void {
  const { transaction, reading } = filing
  const mention: Mention = (resource) => transaction.create(resource)
  const prescribed = (given: Prepared, key: readonly string[]) => {
    const observed = addObserved(given, key, about, filing).map(plain)
    return { ...about, request, known, observed }
  }
  for (const dispensed of order.dispensed) {
    const key = filing.distinct(["dispense", ...dispenseKey(dispensed, known, reading)])
    const of = prescribed(dispensed, key)
    const made = medicationDispense(dispensed, order, key, of, reading, mention)
    if (owned === "dispense") transaction.update(made)
    else mention(made)
  }
  for (const given of order.administered) {
    const key = filing.distinct(["administration", ...administrationKey(given, known, reading)])
    const of = prescribed(given, key)
    const made = medicationAdministration(given, order, key, of, reading, mention)
    if (owned === "administration") transaction.update(made)
    else mention(made)
  }
}

function plain({ reference }: Reference): Reference {
  return { reference }
}
