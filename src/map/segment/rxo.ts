import type { CodedField } from "../codes/fields.ts"
import type { DoseFields } from "../pharmacy/dosage.ts"
import type { DrugFields } from "../pharmacy/medication.ts"
import type { Measured } from "../type/measured.ts"

/** The fields by which RXO and RXE, which say much the same, tell of a prescription. */
export interface PrescriptionFields {
  drug: DrugFields
  dose: DoseFields
  /** What the prescriber tells the pharmacy. */
  remarks: CodedField
  substitution: { field: number; table: "0161" | "0167" }
  dispensed: Measured
  refills: number
  initial: number | undefined
  /** In days. */
  interval: number | undefined
  pharmacy: number
  prescriber: number
  indication: CodedField
  orderType: number
  /** Fields that R4 has no place for, or that another one says already. */
  unplaced: readonly number[]
}

/** A prescription as the prescriber asked for it (RXO; 2.5.1, 4.14.1). */
export const rxo: PrescriptionFields = {
  drug: {
    code: "RXO-1",
    supplementary: "RXO-24",
    form: "RXO-5",
    strength: { value: 18, unit: "RXO-19" },
    volume: { value: 25, unit: "RXO-26" },
  },
  dose: {
    minimum: { value: 2, unit: "RXO-4" },
    maximum: 3,
    per: 17,
    rate: { value: 21, unit: "RXO-22" },
    daily: 23,
    instructions: "RXO-7",
  },
  remarks: "RXO-6",
  substitution: { field: 9, table: "0161" },
  dispensed: { value: 11, unit: "RXO-12" },
  refills: 13,
  initial: undefined,
  interval: 28,
  pharmacy: 32,
  prescriber: 14,
  indication: "RXO-20",
  orderType: 27,
  unplaced: [8, 10, 15, 16, 29, 30, 31, 33, 34, 35, 36],
}
