import type { Observation, Patient } from "fhir/r4"
import type { Message, Sending } from "../../src/message.ts"

export const message: Message = {
  id: 1,
  source: "lab",
  peer: "127.0.0.1:40000",
  receivedAt: 0,
  type: "ADT^A04",
  bytes: new Uint8Array(),
}

/** A small Bundle as the maps make them: a patient by our identifier, and one who refers to it. */
export function registration(value: string): Sending {
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
    key: "epoch-1",
    message,
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
