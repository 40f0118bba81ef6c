import type { Practitioner } from "fhir/r4"
import type { OwnIdentifier } from "../../fhir/identity.ts"
import type { Segment } from "../../hl7/message.ts"
import { patientNumberIn } from "../../hl7/subject.ts"
import { each, type Field, type Part, partsOf } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { identifier } from "../type/cx.ts"
import { date } from "../type/dtm.ts"
import { gender } from "../type/gender.ts"
import { address } from "../type/xad.ts"
import { personName } from "../type/xpn.ts"
import { contactPoint } from "../type/xtn.ts"
import { inUse, recordKey } from "./mfe.ts"

/**
 * Our own identifier of the practitioner a record is about: the number of MFE-4, as that of whoever
 * assigned it in STF-2. It is the one by which an XCN names the same person, whose Practitioner
 * this must be. Undefined without a number.
 */
export function practitionerIdentity(
  mfe: Segment,
  stf: Segment | undefined,
  reading: Reading,
): OwnIdentifier | undefined {
  const numbered = stf?.repetitions(2).find((cx) => cx.text(1) === mfe.text(4))
  const { namespace = "", universalId = "" } = numbered ? patientNumberIn(numbered) : {}
  const key = recordKey(mfe, namespace || universalId, reading)
  return key === undefined ? undefined : own(reading, "Practitioner", key)
}

/**
 * What a record says of its Practitioner, field by field. STF-7 (table 0183) tells whether they are
 * active, and the record's event where it does not; one that is taken out of the file is not.
 */
export function practitionerParts(
  mfe: Segment,
  stf: Segment | undefined,
  reading: Reading,
): Part[] {
  const used = inUse(mfe)
  const flag = stf?.text(7)
  const flagged = flag === "A" ? true : flag === "I" ? false : used
  const active = used === false ? false : flagged
  const event: Part[] =
    active === undefined ? [] : [{ part: "MFE-1", makes: { active }, mentions: [] }]
  return [...event, ...(stf ? partsOf(stf, stfFields, reading) : [])]
}

/** The fields of STF (2.5.1, 15.4.8) that the Practitioner is made of. */
const stfFields: readonly Field<Practitioner>[] = [
  {
    field: 2,
    elements: ["identifier"],
    make: (stf, reading) => ({
      identifier: each(stf, 2, (cx) => identifier(cx, reading.sender, "STF-2", reading)),
    }),
  },
  {
    field: 3,
    elements: ["name"],
    make: (stf, reading) => ({ name: each(stf, 3, (xpn) => personName(xpn, "STF-3", reading)) }),
  },
  {
    field: 5,
    elements: ["gender"],
    make: (stf, reading) => ({ gender: gender(stf, 5, reading) }),
  },
  {
    field: 6,
    elements: ["birthDate"],
    make: (stf, reading) => ({ birthDate: date(stf.text(6), "STF-6", reading) }),
  },
  {
    field: 10,
    elements: ["telecom"],
    make: (stf, reading) => ({
      telecom: each(stf, 10, (xtn) => contactPoint(xtn, "work", "STF-10", reading)),
    }),
  },
  {
    field: 11,
    elements: ["address"],
    make: (stf, reading) => ({
      address: each(stf, 11, (xad) => address(xad, "STF-11", reading)),
    }),
  },
  {
    field: 15,
    elements: ["telecom"],
    make: (stf) => ({
      telecom: each(stf, 15, (st) => ({ system: "email" as const, value: st.component(1) })),
    }),
  },
]

/** The elements that the parts of a Practitioner make. */
export const practitionerElements: ReadonlyMap<string, readonly string[]> = new Map([
  ["MFE-1", ["active"]],
  ...stfFields.map(({ field, elements }) => [`STF-${field}`, elements] as const),
])
