import type { Bundle, BundleEntry, FhirResource, Observation, Patient } from "fhir/r4"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import type { FhirSettings } from "../../../src/destination/fhir/server.ts"
import type { Outcome } from "../../../src/message.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { message } from "../sending.ts"

export const never = new AbortController().signal
export const own = "urn:waystation:test"
export const national = "urn:oid:2.16.404.1"

export const patientId = "5f3c7a52-8a1f-5c57-9f0a-1d2b6f1f0001"
const resultId = "5f3c7a52-8a1f-5c57-9f0a-1d2b6f1f0002"

/** A result, and the patient it is of: owned by the message, or only mentioned. */
export function result(
  patient: "owned" | "mentioned",
  { value = "1", ...elements }: Partial<Patient> & { value?: string } = {},
): Bundle {
  const ours = { system: own, value: patientId }
  const subject: Patient = {
    resourceType: "Patient",
    ...elements,
    identifier: [ours, ...(elements.identifier ?? [])],
  }
  const observation: Observation = {
    resourceType: "Observation",
    identifier: [{ system: own, value: resultId }],
    status: "final",
    code: { text: "Temperature" },
    valueString: value,
    subject: { reference: `urn:uuid:${patientId}` },
  }
  const condition = (id: string) => `identifier=${own}|${id}`
  const update = (resource: FhirResource, id: string): BundleEntry => ({
    fullUrl: `urn:uuid:${id}`,
    resource,
    request: { method: "PUT", url: `${resource.resourceType}?${condition(id)}` },
  })
  const create: BundleEntry = {
    fullUrl: `urn:uuid:${patientId}`,
    resource: subject,
    request: { method: "POST", url: "Patient", ifNoneExist: condition(patientId) },
  }
  return {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      patient === "owned" ? update(subject, patientId) : create,
      update(observation, resultId),
    ],
  }
}

export interface Placing extends AsyncDisposable {
  central: Central
  destination: ReturnType<typeof openFhir>
  send(bundle: Bundle): Promise<Outcome>
  /** Keeps a patient there as somebody else would; gives its id. */
  keep(patient: Partial<Patient>): Promise<string>
  /** All there of one type. */
  list<T extends FhirResource>(type: string): Promise<T[]>
  /** The last transaction that was posted. */
  posted(): Bundle
}

export async function openPlacing(settings: Partial<FhirSettings>): Promise<Placing> {
  const central = await openCentral()
  const surroundings = { now: Date.now, log() {} }
  const destination = openFhir({ url: central.url, timeout: 10_000, ...settings }, surroundings)
  return {
    central,
    destination,
    send: (bundle) => destination.send({ key: "epoch-1", message, bundle }, never),
    async keep(patient) {
      const answer = await fetch(`${central.url}/Patient`, {
        method: "POST",
        headers: { "content-type": "application/fhir+json" },
        body: JSON.stringify({ resourceType: "Patient", ...patient }),
      })
      return ((await answer.json()) as Patient).id ?? ""
    },
    async list<T extends FhirResource>(type: string) {
      const answer = await fetch(`${central.url}/${type}`)
      const { entry = [] } = (await answer.json()) as Bundle<T>
      return entry.flatMap(({ resource }) => resource ?? [])
    },
    posted() {
      const posts = central.requests.filter(({ method, path }) => {
        return method === "POST" && path === "/fhir"
      })
      return JSON.parse(posts.at(-1)?.body ?? "")
    },
    async [Symbol.asyncDispose]() {
      await destination.close()
      await central.close()
    },
  }
}
