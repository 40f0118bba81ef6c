import type { Address, ContactPoint, Identifier, Patient } from "fhir/r4"
import type { Segment } from "../../hl7/message.ts"
import { chosenNumber, isPlaceholder, patientKey, patientNumberIn } from "../../hl7/subject.ts"
import { each, type Field, type Part, partsOf } from "../part.ts"
import { own, type Reading } from "../reading.ts"
import { translated } from "../type/cwe.ts"
import { identifier, identifierTypeOf } from "../type/cx.ts"
import { licence } from "../type/dln.ts"
import { date, dateTime } from "../type/dtm.ts"
import { gender } from "../type/gender.ts"
import { language } from "../type/language.ts"
import { address } from "../type/xad.ts"
import { personName, personNames } from "../type/xpn.ts"
import { contactPoint } from "../type/xtn.ts"
import { maritalStatus } from "../vocabulary/marital-status.ts"
import { targetOf } from "../vocabulary/target.ts"
import { animal, country, extension, religious } from "./pid-extensions.ts"

/**
 * Our own identifier of the patient a PID speaks of: by its assigner and number, of the repetition
 * that is the medical record number (CX-5 `MR`), else of the first. Never by the sender: the
 * hospital's ADT and the laboratory's ORU must meet in one Patient. Undefined without a number.
 */
export function patientIdentity(pid: Segment, reading: Reading) {
  return patientNumbered(pid, 3, reading)
}

/** The same by another field that lists a patient's numbers, MRG-1. */
export function patientNumbered(
  segment: Segment,
  field: number,
  reading: Reading,
  assigner = reading.source.assigner,
) {
  const chosen = chosenNumber(segment.repetitions(field))
  const key = chosen && patientKey(patientNumberIn(chosen), assigner)
  return key === undefined ? undefined : own(reading, "Patient", key)
}

/** What a PID says of its Patient, field by field. */
export function pidParts(pid: Segment, reading: Reading): Part[] {
  const parts = partsOf(pid, pidFields, reading)
  return [...parts, ...contradicted(pid)]
}

/**
 * The fields of PID (2.5.1, 3.4.2) that the Patient is made of. PID-10 and PID-22 (race and
 * ethnic group) have no element in base R4, PID-18 is the account's, PID-21 the mother's own.
 */
export const pidFields: readonly Field<Patient>[] = [
  ...([2, 3, 4] as const).map(numbers),
  names(5),
  names(9),
  {
    field: 6,
    elements: ["extension"],
    make: (pid, reading) => {
      const [maiden] = each(pid, 6, (xpn) => personName(xpn, "PID-6", reading)?.family)
      return extension("patient-mothersMaidenName", { valueString: maiden })
    },
  },
  { field: 7, elements: ["birthDate", "_birthDate"], make: birth },
  {
    field: 8,
    elements: ["gender"],
    make: (pid, reading) => ({ gender: gender(pid, 8, reading) }),
  },
  { field: 11, elements: ["address"], make: addresses },
  { field: 12, elements: ["address"], make: county },
  telecoms(13, "home"),
  telecoms(14, "work"),
  {
    field: 15,
    elements: ["communication"],
    make: (pid, reading) => ({
      communication: each(pid, 15, (cwe) => {
        const spoken = language(cwe, reading)
        return spoken && { language: spoken }
      }),
    }),
  },
  {
    field: 16,
    elements: ["maritalStatus"],
    make: (pid, reading) => {
      const target = targetOf(maritalStatus, pid.text(16))
      const [status] = each(pid, 16, (cwe) => translated(cwe, target, "PID-16", reading))
      return { maritalStatus: status }
    },
  },
  religious,
  numberOnly(19, "SS", "ssn"),
  {
    field: 20,
    elements: ["identifier"],
    make: (pid, reading) => ({
      identifier: each(pid, 20, (dln) => licence(dln, "PID-20", reading)),
    }),
  },
  {
    field: 23,
    elements: ["extension"],
    make: (pid) => {
      const text = pid.text(23)
      return text ? extension("patient-birthPlace", { valueAddress: { text } }) : undefined
    },
  },
  {
    field: 24,
    elements: ["multipleBirthBoolean", "multipleBirthInteger"],
    make: (pid) => ({ multipleBirthBoolean: pid.text(25) ? undefined : yesOrNo(pid.text(24)) }),
  },
  {
    field: 25,
    elements: ["multipleBirthBoolean", "multipleBirthInteger"],
    make: (pid) => {
      const order = Number(pid.text(25))
      // Above that it is no integer of FHIR's either.
      const isOrder = Number.isInteger(order) && order > 0 && order < 2 ** 31
      return { multipleBirthInteger: isOrder ? order : undefined }
    },
  },
  country(26, "patient-citizenship"),
  country(28, "patient-nationality"),
  {
    field: 29,
    elements: ["deceasedBoolean", "deceasedDateTime"],
    make: (pid, reading) => ({ deceasedDateTime: dateTime(pid.text(29), "PID-29", reading) }),
  },
  {
    field: 30,
    elements: ["deceasedBoolean", "deceasedDateTime"],
    make: (pid) => ({ deceasedBoolean: yesOrNo(pid.text(30)) }),
  },
  { field: 35, elements: ["extension"], make: animal },
  {
    field: 36,
    elements: ["extension"],
    make: (pid, reading) => (pid.raw(35) === "" ? animal(pid, reading) : undefined),
  },
  country(39, "patient-citizenship"),
  telecoms(40, undefined),
]

/** "Not dead" and "no twin" contradict the time of death and the order told before. */
function contradicted(pid: Segment): Part[] {
  const pairs = [
    [30, 29],
    [24, 25],
  ] as const
  return pairs
    .filter(([says, other]) => yesOrNo(pid.text(says)) === false && pid.raw(other) === "")
    .map(([, other]) => ({ part: `PID-${other}`, makes: null, mentions: [] }))
}

function numbers(field: 2 | 3 | 4): Field<Patient> {
  return {
    field,
    elements: ["identifier"],
    make: (pid, reading) => {
      const local = reading.source.assigner ?? "patient"
      return {
        identifier: each(pid, field, (cx) => {
          if (!isPlaceholder(cx.text(1) ?? "")) {
            return identifier(cx, local, `PID-${field}`, reading)
          }
          reading.note(`PID-${field}: what stands for an unknown number is left out`)
          return undefined
        }),
      }
    },
  }
}

function numberOnly(field: 19, type: string, local: string): Field<Patient> {
  return {
    field,
    elements: ["identifier"],
    make: (pid, reading) => {
      const { system } = own(reading, "Patient")
      const value = pid.text(field)
      const numbered: Identifier = {
        type: identifierTypeOf(type),
        system: `${system}:${local}`,
        value,
      }
      return value === undefined ? undefined : { identifier: [numbered] }
    },
  }
}

function names(field: 5 | 9): Field<Patient> {
  return {
    field,
    elements: ["name"],
    make: (pid, reading) => ({
      name: each(pid, field, (xpn) => personNames(xpn, `PID-${field}`, reading)).flat(),
    }),
  }
}

function telecoms(field: 13 | 14 | 40, use: ContactPoint["use"]): Field<Patient> {
  return {
    field,
    elements: ["telecom"],
    make: (pid, reading) => ({
      telecom: each(pid, field, (xtn) => contactPoint(xtn, use, `PID-${field}`, reading)),
    }),
  }
}

function birth(pid: Segment, reading: Reading): Partial<Patient> {
  const time = dateTime(pid.text(7), "PID-7", reading)
  return {
    birthDate: date(pid.text(7), "PID-7", reading),
    _birthDate: time?.includes("T")
      ? extension("patient-birthTime", { valueDateTime: time })
      : undefined,
  }
}

function addresses(pid: Segment, reading: Reading): Partial<Patient> {
  const all: Address[] = each(pid, 11, (xad) => address(xad, "PID-11", reading))
  return { address: all.length === 1 ? [{ ...all[0], district: countyOf(all, pid) }] : all }
}

/** PID-12, the county, belongs to an only address that names none itself. */
function countyOf([only]: readonly Address[], pid: Segment): string | undefined {
  return only?.district ?? pid.text(12)
}

/** Beside several addresses, or one of another county, or none, the county is one of its own. */
function county(pid: Segment, reading: Reading): Partial<Patient> | undefined {
  const district = pid.text(12)
  const all: Address[] = each(pid, 11, (xad) => address(xad, "PID-11", reading))
  const placed = all.length === 1 && countyOf(all, pid) === district
  return placed || all.some((one) => one.district === district)
    ? undefined
    : { address: [{ district }] }
}

function yesOrNo(text: string | undefined): boolean | undefined {
  const said = text?.toUpperCase()
  return said === "Y" ? true : said === "N" ? false : undefined
}
