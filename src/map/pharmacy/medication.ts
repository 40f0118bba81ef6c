import type {
  CodeableConcept,
  Medication,
  MedicationIngredient,
  Quantity,
  Ratio,
  Reference,
} from "fhir/r4"
import { compact } from "../../fhir/compact.ts"
import type { Segment } from "../../hl7/message.ts"
import type { CodedField } from "../codes/fields.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import { codingSystem } from "../type/coding.ts"
import { concept, firstConcept, numberOf } from "../type/cwe.ts"
import { date } from "../type/dtm.ts"
import { type Measured, measured } from "../type/measured.ts"

/** The fields by which a segment tells what a drug is. */
export interface DrugFields {
  code: CodedField
  /** More codes of the same drug. */
  supplementary: CodedField | undefined
  form: CodedField | undefined
  /** How much of it there is in the volume, or else in one of its form. */
  strength: Measured
  volume: Measured
  lot?: { number: number; expiry: number; manufacturer: CodedField }
}

/**
 * The drug that a segment names, as a reference to a Medication, which is mentioned; undefined
 * where it names none. A Medication is known by all that is said of it: two drugs never meet in
 * one, whatever codes their senders use, and a prescription that is corrected refers to another.
 */
export function medication(
  segment: Segment,
  fields: DrugFields,
  components: readonly Segment[],
  reading: Reading,
  mention: Mention,
): Reference | undefined {
  const code = drugCode(segment, fields, reading)
  const strength = strengthOf(segment, fields, reading)
  const content: Omit<Medication, "resourceType"> = {
    code,
    form: fields.form && firstConcept(segment, fields.form, reading),
    ingredient: [
      // R4 has the strength of a drug at its ingredients: of one that has none, at itself.
      ...(strength && code ? [{ itemCodeableConcept: code, strength }] : []),
      ...components.flatMap((rxc) => ingredient(rxc, reading, mention) ?? []),
    ],
    ...batchOf(segment, fields, reading),
  }
  const said = compact(content)
  if (said === undefined) return undefined
  const identifier = [own(reading, "Medication", JSON.stringify(said))]
  const display = code?.text ?? code?.coding?.find((coding) => coding.display)?.display
  return { ...mention({ resourceType: "Medication", identifier, ...content }), display }
}

/** One component of what is made up (RXC; 2.5.1, 4.14.3); undefined where it names nothing. */
function ingredient(
  rxc: Segment,
  reading: Reading,
  mention: Mention,
): MedicationIngredient | undefined {
  const item = drugCode(rxc, rxcFields, reading)
  if (item === undefined) {
    reading.note("RXC-2: no component is named; it is left out")
    return undefined
  }
  const amount = measured(rxc, { value: 3, unit: "RXC-4" }, reading)
  const part = rxc.text(1)
  return {
    // A component with a strength of its own is a drug of its own.
    ...(strengthOf(rxc, rxcFields, reading)
      ? { itemReference: medication(rxc, rxcFields, [], reading, mention) }
      : { itemCodeableConcept: item }),
    // Table 0166: the base is what the additives are given in. R4 knows no other word for it.
    isActive: part === "A" ? true : part === "B" ? false : undefined,
    strength: amount && { numerator: amount, denominator: { value: 1 } },
  }
}

const rxcFields: DrugFields = {
  code: "RXC-2",
  supplementary: "RXC-7",
  form: undefined,
  strength: { value: 5, unit: "RXC-6" },
  volume: { value: 8, unit: "RXC-9" },
}

/** What the drug is, by all of its codes. A site has one list of drugs, whoever names one. */
function drugCode(
  segment: Segment,
  { code, supplementary }: DrugFields,
  reading: Reading,
): CodeableConcept | undefined {
  const [said] = each(segment, numberOf(code), (cwe) => concept(cwe, code, reading, "medication"))
  const more =
    supplementary &&
    each(segment, numberOf(supplementary), (cwe) =>
      concept(cwe, supplementary, reading, "medication"),
    )
  if (said === undefined || !more) return said ?? more?.[0]
  const coding = [...(said.coding ?? [])]
  for (const each of more.flatMap((one) => one.coding ?? [])) {
    const known = coding.some(({ system, code }) => system === each.system && code === each.code)
    if (!known) coding.push(each)
  }
  return { ...said, coding }
}

/** rat-1: a ratio has both parts; without a volume it is the strength of one of the drug's form. */
function strengthOf(
  segment: Segment,
  { strength, volume }: DrugFields,
  reading: Reading,
): Ratio | undefined {
  const numerator = measured(segment, strength, reading)
  if (numerator === undefined) return undefined
  const one: Quantity = { value: 1 }
  return { numerator, denominator: measured(segment, volume, reading) ?? one }
}

/** The lot, till when it may be used and who made it. */
function batchOf(
  segment: Segment,
  { lot }: DrugFields,
  reading: Reading,
): Pick<Medication, "batch" | "manufacturer"> {
  if (lot === undefined) return {}
  const { number, expiry, manufacturer } = lot
  if (segment.repetitions(number).length > 1) {
    reading.note(`${segment.name}-${number}: FHIR has one lot of a drug; the others are left out`)
  }
  const batch = {
    lotNumber: segment.component(number),
    expirationDate: date(segment.text(expiry), `${segment.name}-${expiry}`, reading),
  }
  const [maker] = segment.repetitions(numberOf(manufacturer))
  const value = maker?.text(1)
  const system = maker && codingSystem(maker.text(3), maker.text(14), manufacturer, reading)
  return {
    batch,
    manufacturer: maker && {
      type: "Organization",
      identifier: value ? { system, value } : undefined,
      display: maker.component(2),
    },
  }
}
