import type { Bundle, ServiceRequest } from "fhir/r4"
import type { Told } from "../../../src/message.ts"
import { mapped, message, resources } from "../build.ts"

export const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"
export const order = [
  pid,
  "PV1|1|O|OPD^2^^KISUMU||||||||||||||||V-881",
  "ORC|NW|P1^EMR||G1^EMR|||||20260415113000|||D-118^OTIENO^JAMES^^^^^^KISUMU",
  "OBR|1|P1^EMR||HB^Haemoglobin^99KSM",
  "NTE|1||Call the ward",
  "DG1|1||D50.9^Iron deficiency anaemia^I10||||||||||||||C-2^WERE^PAUL",
  "OBX|1|CWE|49541-6^Fasting status^LN||Y^Yes^HL70136||||||F|||||C-3^AUMA^RUTH||AU680^LAB",
  "SPM|1|S1&EMR||BLD^Blood^HL70487",
  "OBX|2|ST|APP^Appearance^99KSM||clear||||||F",
]

export function header(type: string, sender = "EMR|KISUMU") {
  return `MSH|^~\\&|${sender}|||20260415120000||${type}|C-1|P|2.5.1`
}

/** What each message makes over what those before it have told. */
export function life(...messages: [type: string, segments: string[], id?: number][]): Bundle[] {
  const known = new Map<string, Told>()
  return messages.map(([type, segments, id], index) => {
    const sent = message([header(type), ...segments], { id: id ?? index + 1 })
    const { bundle, told } = mapped(sent, [...known.values()])
    for (const one of told) {
      const name = `${one.resource} ${one.part}`
      if ((known.get(name)?.messageId ?? 0) <= one.messageId) known.set(name, one)
    }
    return bundle
  })
}

export function request(bundle: Bundle | undefined): ServiceRequest | undefined {
  return bundle && resources(bundle, "ServiceRequest")[0]
}
