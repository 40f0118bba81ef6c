import type { Observation, Patient } from "fhir/r4"
import type { Message, Sending } from "../../src/message.ts"
import { hl7 } from "../build.ts"

export const message: Message = {
  id: 1,
  source: "lab",
  peer: "127.0.0.1:40000",
  receivedAt: 0,
  type: "ADT^A04",
  bytes: new Uint8Array(),
}

/**
 * A registration as it came, and a small Bundle as the maps make them: a patient by our identifier,
 * and one who refers to it.
 *
 * @param id of its delivery, and of its message
 */
export function registration(value: string, id = 1): Sending {
  const identifier = [{ system: "urn:waystation:test", value }]
  const condition = `identifier=${encodeURIComponent(`urn:waystation:test|${value}`)}`
  const patient: Patient = { resourceType: "Patient", identifier }
  const observation: Observation = {
    resourceType: "Observation",
    identifier,
    status: "final",
    code: { text: "Temperature" },
    subject: { reference: "urn:uuid:5f3c7a52-8a1f-5c57-9f0a-1d2b6f1f0001" },
  }
  return {
    key: `epoch-${id}`,
    message: { ...message, id, bytes: admission(`C${id}`, value) },
    bundle: {
      resourceType: "Bundle",
      type: "transaction",
      entry: [
        {
          fullUrl: "urn:uuid:5f3c7a52-8a1f-5c57-9f0a-1d2b6f1f0001",
          resource: patient,
          request: { method: "PUT", url: `Patient?${condition}` },
        },
        {
          fullUrl: "urn:uuid:5f3c7a52-8a1f-5c57-9f0a-1d2b6f1f0002",
          resource: observation,
          request: { method: "POST", url: "Observation", ifNoneExist: condition },
        },
      ],
    },
  }
}

/** An ADT^A04 of that MSH-10 and patient number. */
export function admission(controlId: string, number: string): Uint8Array {
  return hl7(
    `MSH|^~\\&|REG|CLINIC|HIS|CLINIC|20260415120000||ADT^A04|${controlId}|P|2.5.1`,
    `PID|1||${number}^^^CLINIC^MR||DOE^JANE||19900315|F`,
  )
}
