import type { Bundle, BundleEntry, FhirResource, Identifier, Patient } from "fhir/r4"
import { tokens } from "./matches.ts"
import type { Places } from "./place.ts"
import { SearchProblem } from "./problem.ts"
import type { Query, Search } from "./server.ts"

/**
 * Where the destination knows the patients of a transaction already, by identifiers of these
 * systems. A patient who is there is updated where the message owns it, and left as it is where it
 * only mentions it. Throws SearchProblem with a hold where it could be another one's: nothing is
 * ever given to a patient that was guessed.
 */
export async function placePatients(
  bundle: Bundle,
  systems: readonly string[],
  search: Search,
): Promise<Places> {
  const places: Places = new Map()
  for (const entry of bundle.entry ?? []) {
    const resource = entry.resource as FhirResource | undefined
    if (resource?.resourceType !== "Patient" || entry.fullUrl === undefined) continue
    const patient = await matchPatient(resource, systems, search)
    if (patient?.id === undefined) continue
    const { id } = patient
    if ([...places.values()].some((place) => place.id === id)) {
      throw hold("two patients of the message are one there")
    }
    const updates = entry.request?.method === "PUT"
    if (updates) await refuseAnother(patient, entry, search)
    places.set(entry.fullUrl, { type: "Patient", id, entry: updates ? "update" : "omit" })
  }
  return places
}

/** The one patient with any of the identifiers of these systems; undefined where there is none. */
export async function matchPatient(
  { identifier = [] }: Pick<Patient, "identifier">,
  systems: readonly string[],
  search: Search,
): Promise<Patient | undefined> {
  const asked = identifier.filter(({ system, value }) => value && systems.includes(system ?? ""))
  if (asked.length === 0) return undefined
  const found = await patients(search, { identifier: tokens(asked), _count: "20" })
  if (found.length === 0) return undefined
  if (!found.every((patient) => asked.some((one) => carries(patient, one)))) {
    throw hold("found a patient who does not carry the identifier that was asked for")
  }
  const staying = found.filter(({ link = [] }) => link.every(({ type }) => type !== "replaced-by"))
  if (staying.length === 0) throw hold("the patient there was replaced by another")
  if (staying.length > 1) throw hold(`${staying.length} patients match`)
  return staying[0]
}

/**
 * What this box knows of a patient it tells as a whole. Where it has told that to another record
 * of the same person before, it does not know what the matched one has, and would overwrite it.
 */
async function refuseAnother(patient: Patient, entry: BundleEntry, search: Search): Promise<void> {
  const [, query] = entry.request?.url.split("?") ?? []
  const [system = "", value = ""] = new URLSearchParams(query).get("identifier")?.split("|") ?? []
  if (value === "" || carries(patient, { system, value })) return
  const found = await patients(search, { identifier: tokens([{ system, value }]), _count: "2" })
  if (found.length > 0) throw hold("the one this box has made is another; have the two merged")
}

async function patients(search: Search, query: Query): Promise<Patient[]> {
  return (await search("Patient", query)).filter((one) => one.resourceType === "Patient")
}

function carries({ identifier = [] }: Patient, { system, value }: Identifier): boolean {
  return identifier.some((one) => one.system === system && one.value === value)
}

function hold(what: string): SearchProblem {
  return new SearchProblem({ outcome: "hold", reason: `patientMatch: ${what}` })
}
