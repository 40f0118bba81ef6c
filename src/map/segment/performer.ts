import type { Organization, Reference } from "fhir/r4"
import type { Repetition, Segment } from "../../hl7/message.ts"
import { each } from "../part.ts"
import { type Mention, own, type Reading } from "../reading.ts"
import type { Observed } from "../result/groups.ts"
import { codingSystem } from "../type/coding.ts"
import { officeAddress } from "../type/xad.ts"
import { practitioner } from "../type/xcn.ts"
import { organization } from "../type/xon.ts"
import { takingPart } from "./prt.ts"

/**
 * Who observed (OBX-16, PRT), and where: the organization (OBX-23, with its medical director
 * where OBX-25 names one), else the producer's code (OBX-15).
 */
export function performersOf(
  { lines: [obx], participants }: Observed,
  reading: Reading,
  mention: Mention,
): Reference[] {
  if (participants.length === 0 && !obx.says(performing)) return []
  const observers = each(obx, 16, (xcn) => practitioner(xcn, reading, mention))
  const others = participants.flatMap((prt) => othersOf(prt, reading, mention))
  const laboratory = laboratoryOf(obx, reading, mention)
  return [...observers, ...others, ...(laboratory ? [laboratory] : producersOf(obx, reading))]
}

/** The fields of OBX that are read for it, and for its laboratory. */
const performing = [15, 16, 23, 24, 25]

/** An organization beside a device has to do with the device. */
function othersOf(prt: Segment, reading: Reading, mention: Mention): Reference[] {
  if (uninvolved.has(prt.text(4) ?? "")) {
    reading.note("PRT: who has its role did not observe anything; it is left out")
    return []
  }
  const ofDevice = prt.repetitions(5).length === 0 && prt.repetitions(10).length > 0
  return ofDevice ? [] : takingPart(prt, reading, mention)
}

/** Who asked, and who is to be told or to see the patient (table 0912): they observed nothing. */
const uninvolved: ReadonlySet<string> = new Set(["OP", "RCT", "RP", "RT"])

function laboratoryOf(obx: Segment, reading: Reading, mention: Mention): Reference | undefined {
  const [xon] = obx.repetitions(23)
  const at = each(obx, 24, (xad) => officeAddress(xad, "OBX-24", reading))
  const named =
    xon && organization(xon, reading, (one) => mention({ ...(one as Organization), address: at }))
  const [xcn] = obx.repetitions(25)
  const director = xcn && practitioner(xcn, reading, mention)
  if (named === undefined || director === undefined) return named ?? director
  const key = [director.reference ?? `name|${director.display}`, named.reference ?? "", "MDIR"]
  const role = mention({
    resourceType: "PractitionerRole",
    identifier: [own(reading, "PractitionerRole", ...key)],
    practitioner: director,
    organization: named,
    code: [{ coding: [{ system: participation, code: "MDIR", display: "Medical Director" }] }],
  })
  return { ...role, display: named.display }
}

function producersOf(obx: Segment, reading: Reading): Reference[] {
  return each(obx, 15, (cwe) => organizationNamed(cwe, "OBX-15", reading))
}

/** An organization by its code or its name alone, as a CWE has them. */
export function organizationNamed(cwe: Repetition, where: string, reading: Reading): Reference {
  const system = codingSystem(cwe.text(3), cwe.text(14), where, reading)
  const value = cwe.text(1)
  const identifier = value === undefined ? undefined : { system, value }
  return { type: "Organization", identifier, display: cwe.text(2) }
}

const participation = "http://terminology.hl7.org/CodeSystem/v2-0912"
