import type { Patient } from "fhir/r4"
import { each, type Field } from "../part.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"

/** The fields of PD1 (2.5.1, 3.4.10) that the Patient is made of: who looks after them. */
export const pd1Fields: readonly Field<Patient>[] = [
  {
    field: 3,
    elements: ["generalPractitioner"],
    make: (pd1, reading, mention) => ({
      generalPractitioner: each(pd1, 3, (xon) => organization(xon, reading, mention)),
    }),
  },
  {
    field: 4,
    elements: ["generalPractitioner"],
    make: (pd1, reading, mention) => ({
      generalPractitioner: each(pd1, 4, (xcn) => practitioner(xcn, reading, mention)),
    }),
  },
]
