import type { PrescriptionFields } from "./rxo.ts"

/** A prescription as the pharmacy has encoded it (RXE; 2.5.1, 4.14.4). */
export const rxe: PrescriptionFields = {
  drug: {
    code: "RXE-2",
    supplementary: "RXE-31",
    form: "RXE-6",
    strength: { value: 25, unit: "RXE-26" },
    volume: { value: 33, unit: "RXE-34" },
  },
  dose: {
    minimum: { value: 3, unit: "RXE-5" },
    maximum: 4,
    per: 22,
    rate: { value: 23, unit: "RXE-24" },
    daily: 19,
    instructions: "RXE-7",
  },
  remarks: "RXE-21",
  substitution: { field: 9, table: "0167" },
  dispensed: { value: 10, unit: "RXE-11" },
  refills: 12,
  initial: 39,
  interval: undefined,
  pharmacy: 40,
  prescriber: 13,
  indication: "RXE-27",
  orderType: 44,
  unplaced: [8, 14, 16, 17, 18, 20, 28, 29, 30, 35, 36, 37, 38, 41, 42, 43, 45],
}
