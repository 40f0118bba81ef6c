/** Our own targets for billing, which the HL7 v2-to-FHIR guide has no tables for. */

/** FT1-6 (table 0017) → ChargeItem.status, a required binding; null for what is no charge. */
export const transactionType = {
  CG: { code: "billable" },
  // A credit is a charge of less than nothing: with that of its amount the sum is right, whether
  // or not it names the charge it makes up for.
  CD: { code: "billable" },
  // An adjustment, a co-payment and a payment.
  AJ: null,
  CO: null,
  PY: null,
} as const
