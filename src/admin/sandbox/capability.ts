import type { CapabilityStatement, CapabilityStatementRestResourceSearchParam } from "fhir/r4"
import { allTypes, hasIdentifier } from "./types.ts"

/** What the sandbox can do, as R4 asks every server to say (3.1.0.9). */
export function capabilityStatement(base: string, date: string): CapabilityStatement {
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date,
    kind: "instance",
    software: { name: "Waystation sandbox" },
    implementation: {
      description:
        "For commissioning only: kept in memory, gone at the next restart, answers only on " +
        "this machine, and does not check resources against profiles.",
      url: base,
    },
    fhirVersion: "4.0.1",
    format: ["json"],
    rest: [
      {
        mode: "server",
        interaction: [{ code: "transaction" }],
        resource: allTypes().map((type) => ({
          type,
          interaction: [
            { code: "read" },
            { code: "create" },
            { code: "update" },
            { code: "delete" },
            { code: "search-type" },
          ],
          versioning: "versioned-update",
          readHistory: false,
          updateCreate: true,
          conditionalCreate: true,
          conditionalUpdate: true,
          conditionalDelete: "single",
          searchParam: searchParams(type),
        })),
      },
    ],
  }
}

function searchParams(type: string): CapabilityStatementRestResourceSearchParam[] {
  const params: CapabilityStatementRestResourceSearchParam[] = [
    { name: "_id", type: "token" },
    { name: "_tag", type: "token" },
    { name: "patient", type: "reference" },
    { name: "subject", type: "reference" },
  ]
  if (hasIdentifier(type)) params.push({ name: "identifier", type: "token" })
  return params
}
