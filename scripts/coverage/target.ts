import type { Saying } from "../../src/map/explain/sayings.ts"
import type { Row } from "./tables.ts"

/** Where in a Bundle a row's value is to stand: a type, and the elements in it, in lower case. */
export interface Target {
  type: string
  path: readonly string[]
  /** The reference that may name a resource by its identifier instead of leading to one. */
  named?: Target & { as: string }
}

/**
 * Where an attribute of the guide leads, from where its table is about: what stands in brackets is
 * in another resource. `inside`: the elements of that resource, where it is what is mapped to.
 */
export function targetOf(from: Target, attribute: string, inside = false): Target {
  const text = attribute
    .replace(/^Quantity\./, "")
    // A slice of an extension is a part of it, but that its url is given again with each.
    .replace(/extension\[\d\]:[\w-]+\.value/, "extension.extension.value")
    // R5's CodeableReference is in R4 an extension of its parts.
    .replace("valueCodeableReference.concept", "extension.valueCodeableConcept")
    .replaceAll(/\[(?:\d[-\d]*|each)?[\]}]?|[\]}\s]|=.*$|:[\w-]+/g, "")
    .replace(/\)+$/, "")
  const open = text.lastIndexOf("(")
  if (open < 0) return below(from, text)
  const [type = "", ...rest] = (text.slice(open + 1).split("|")[0] ?? "").split(".")
  const outer = targetOf(from, text.slice(0, open))
  // An annotation is a data type, which is in brackets by mistake.
  if (type === "Annotation" || type === "") return below(outer, rest.join("."))
  if (rest.length === 0 && !inside) return outer
  const as = names[type.toLowerCase()] ?? type
  return below({ type: as, path: [], named: { ...outer, as } }, rest.join("."))
}

/** Whether one of these sayings stands where the row says, and says what it assigns. */
export function honours(row: Row, target: Target, sayings: readonly Saying[]): boolean {
  // Beside a data type an assignment belongs to another row.
  const assigned = row.mapping === "" && /^"\s*(.*?)\s*"$/.exec(row.assignment)?.[1]
  if (target.path[0] === "identifier" && target.named && namesOne(target.named, sayings))
    return true
  return sayings.some(({ path, value }) => {
    const [type, ...elements] = path.replaceAll("._", ".").split(".")
    if (type !== target.type || !leadsTo(elements, target.path)) return false
    if (!assigned) return true
    if (elements.at(-1) === "url") return lastOf(String(value)) === lastOf(assigned)
    const meant = elements.at(-1) === "system" ? systemOf(assigned) : assigned
    return String(value).toLowerCase() === meant.toLowerCase()
  })
}

/** The system that is meant by a name, by a value set of its codes or with a stroke too many. */
function systemOf(assigned: string): string {
  if (assigned === "UCUM") return "http://unitsofmeasure.org"
  return assigned.replace("/ValueSet/", "/CodeSystem/").replace(/\/$/, "")
}

/** `PR1-25: partOf(Procedure.identifier)`: a reference that says by a number what it leads to. */
function namesOne({ type, path, as }: Target & { as: string }, sayings: readonly Saying[]) {
  const at = path.slice(0, path.lastIndexOf("identifier"))
  const says = (wanted: readonly string[], is?: string) =>
    sayings.some((saying) => {
      const [resource, ...elements] = saying.path.split(".")
      if (resource !== type || !leadsTo(elements, wanted)) return false
      return is === undefined || saying.value === is
    })
  return says(path) && says([...at, "type"], as)
}

/** The element itself, what is in it, or the choice of a type for it (`value` → `valueString`). */
function leadsTo(elements: readonly string[], path: readonly string[]): boolean {
  return path.every((wanted, at) => {
    const element = elements[at]
    if (element === undefined) return false
    if (element.toLowerCase() === wanted) return true
    return element.toLowerCase().startsWith(wanted) && /[A-Z]/.test(element[wanted.length] ?? "")
  })
}

function below({ type, path, named: reference }: Target, attribute: string): Target {
  const parts = attribute.split(".").map((part) => part.toLowerCase())
  const named = parts.map((part) => (names[part] ?? part).toLowerCase())
  const elements = named.filter((part) => !noElement.has(part))
  const last = elements.at(-1)
  if (last === "uri" && elements.at(-2) === "extension") elements.splice(-1, 1, "url")
  if (last === "uri" && elements.at(-2) === "coding") elements.splice(-1, 1, "system")
  if (last === "value" && elements.at(-2) === "coding") elements.splice(-1, 1, "code")
  if (type === "MedicationRequest") inDosage(elements)
  const repeats = elements.indexOf("occurrencetiming") + 1 || elements.indexOf("timing") + 1
  if (repeats > 0 && ofRepeat.has(elements[repeats] ?? "")) elements.splice(repeats, 0, "repeat")
  // An extension of several parts has its value in one of them, as the row above it says.
  if (type === "MedicationAdministration" && /^extension\.value/.test(elements.join("."))) {
    elements.unshift("extension")
  }
  if (last === "value" && elements.at(-2) === "code") elements.splice(-1, 1, "coding", "code")
  // An attachment's data, as the guide has it for a document's content.
  if (type === "DocumentReference" && elements[0] === "content" && elements[1] !== "attachment") {
    if (elements.length > 1) elements.splice(1, 0, "attachment")
  }
  // `manifestation.text` of a data type whose row says `text` too.
  if (elements.length === 1 && last === "text" && path.at(-1) === last) return { type, path }
  const target = { type, path: [...path, ...elements] }
  // Only a number can stand in the place of what it is of.
  if (reference === undefined || (target.path[0] ?? "identifier") !== "identifier") return target
  return { ...target, named: { ...reference, path: [...reference.path, ...elements] } }
}

/** When and how a drug is taken is told of its dosage, not of the request, where TQ1's other rows
 * have it too; a resource's own `text` is no string. */
function inDosage(elements: string[]): void {
  if (elements[0] === "occurrencetiming") elements.splice(0, 1, "dosageinstruction", "timing")
  if (elements[0] === "text") elements.unshift("dosageinstruction")
}

/** The elements of Timing.repeat that the guide also has without it. */
const ofRepeat = new Set(["boundsduration", "boundsperiod", "duration", "durationunit"])

/** What the guide writes for the value itself. */
const noElement = new Set(["", "$this", "$value"])

/** Its slips of the pen. */
const names: Readonly<Record<string, string>> = {
  payer: "payor",
  practioner: "Practitioner",
  organziation: "organization",
  occurencetiming: "occurrencetiming",
  occurnecetiming: "occurrencetiming",
  valuesampeddata: "valuesampleddata",
  sytem: "system",
  // R5's name of it.
  doseform: "form",
  // R5's name of CareTeam.participant.period.
  coverageperiod: "period",
}

function lastOf(url: string): string {
  return url.trim().split(/[/\\]/).at(-1)?.toLowerCase() ?? ""
}
