import type { FhirResource } from "fhir/r4"

/** JSON that FHIR forbids whatever the element: nothing where something must be. */
export function shape(resource: FhirResource): string[] {
  return [...walk(resource, resource.resourceType)]
}

function* walk(node: unknown, path: string): Generator<string> {
  if (node === null) yield `${path} is null`
  else if (typeof node === "string") yield* text(node, path)
  else if (Array.isArray(node)) {
    if (node.length === 0) yield `${path} is an empty array`
    for (const [index, item] of node.entries()) yield* walk(item, `${path}[${index}]`)
  } else if (typeof node === "object") {
    const entries = Object.entries(node).filter(([, value]) => value !== undefined)
    if (entries.length === 0) yield `${path} is an empty object`
    yield* twice(entries, path)
    for (const [key, value] of entries) yield* walk(value, `${path}.${key}`)
  }
}

function* text(value: string, path: string): Generator<string> {
  if (value.trim() === "") yield `${path} is empty`
  if (value === '""') yield `${path} is a literal ""`
  if (/^(undefined|null|NaN|\[object Object\])$/.test(value)) yield `${path} is ${value}`
  // dateTime, datatypes.html#dateTime: "If hours and minutes are specified, a time zone SHALL be".
  if (/^\d{4}-\d\d-\d\dT[\d:.]+$/.test(value)) yield `${path} has a time and no zone`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(value)) yield `${path} has control characters`
}

const words =
  "value effective onset deceased multipleBirth occurrence collected performed abatement"
const choiceOfType = new RegExp(`^(${words.replaceAll(" ", "|")}|additive|serviced)(?=[A-Z])`)

/** An element that may be of several types may be there once. */
function* twice(entries: [string, unknown][], path: string): Generator<string> {
  const seen = new Set<string>()
  for (const [key] of entries) {
    const choice = choiceOfType.exec(key)?.[1]
    if (choice === undefined) continue
    if (seen.has(choice)) yield `${path}.${choice}[x] is there twice`
    seen.add(choice)
  }
}
