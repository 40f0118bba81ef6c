import type { Bundle, FhirResource, OperationOutcome } from "fhir/r4"
import { openSandbox } from "../../../src/admin/sandbox/index.ts"

const path = "/sandbox/fhir"

/** A sandbox to ask without a port, by a peer that is this machine unless told otherwise. */
export function openAsking(options: { resourcesMax?: number; bytesMax?: number } = {}) {
  const sandbox = openSandbox({ path, now: () => Date.UTC(2026, 3, 15), ...options })
  const fetch = (
    method: string,
    place: string,
    { body, headers, peer = "127.0.0.1" }: Asking = {},
  ): Promise<Response> => {
    const init: RequestInit = { method, headers: { ...json, ...headers } }
    if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body)
    const request = new Request(`http://127.0.0.1:8575${path}${place}`, init)
    return Promise.resolve(sandbox.app.fetch(request, { requestIP: () => ({ address: peer }) }))
  }
  return {
    fetch,
    count: sandbox.count,
    /** Searches; gives the Bundle, or the OperationOutcome. */
    async search(place: string) {
      return (await (await fetch("GET", place)).json()) as Bundle<FhirResource>
    },
    /** Sends a transaction that is expected to be done, and gives each entry's response. */
    async transact(...entry: unknown[]) {
      const response = await fetch("POST", "", { body: transaction(...entry) })
      const bundle = (await response.json()) as Bundle
      if (response.status !== 200) throw new Error(JSON.stringify(bundle))
      return (bundle.entry ?? []).map((one) => one.response)
    },
    /** Sends a transaction that is expected to be refused, and says how and where. */
    async refused(...entry: unknown[]) {
      const response = await fetch("POST", "", { body: transaction(...entry) })
      return { status: response.status, ...(await issueOf(response)) }
    },
  }
}

interface Asking {
  body?: unknown
  headers?: Record<string, string>
  peer?: string
}

const json = { "content-type": "application/fhir+json" }

export function transaction(...entry: unknown[]) {
  return { resourceType: "Bundle", type: "transaction", entry }
}

export function patient(value: string, more: object = {}) {
  return { resourceType: "Patient", identifier: [{ system: "urn:site", value }], ...more }
}

/** An entry that creates unless a resource with that identifier is there. */
export function createIfNone(resource: { resourceType: string }, value: string, fullUrl?: string) {
  const ifNoneExist = `identifier=urn:site%7C${value}`
  return { fullUrl, resource, request: { method: "POST", url: resource.resourceType, ifNoneExist } }
}

/** An entry that updates the resource with that identifier, or creates it. */
export function update(resource: { resourceType: string }, value: string, fullUrl?: string) {
  const url = `${resource.resourceType}?identifier=urn:site%7C${value}`
  return { fullUrl, resource, request: { method: "PUT", url } }
}

export async function issueOf(response: Response) {
  const { resourceType, issue } = (await response.json()) as OperationOutcome
  const [first] = issue
  return {
    resourceType,
    code: first?.code,
    diagnostics: first?.diagnostics,
    expression: first?.expression,
  }
}
