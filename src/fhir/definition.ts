import { primitives } from "./primitive.ts"
import { codes, types } from "./r4.ts"

/** One element as JSON has it: a choice of types has a key for each, `valueString`. */
export interface Element {
  /** A data type, a resource's element by its path, or `Resource` for any of them. */
  type: string
  many: boolean
  /** Whether a value of a primitive type is one; undefined for what has elements of its own. */
  isPrimitive?: ((value: unknown) => boolean) | undefined
  /** The bit of a choice of types among those of its type; 0 where there is nothing to choose. */
  choice: number
  /** What the definitions call it where JSON has another key, `value[x]`. */
  name: string
  /** The types of resource a Reference may go to; undefined: any. */
  targets?: ReadonlySet<string> | undefined
  /** The codes it must be of, as `code` and as `system|code`. */
  codes?: ReadonlySet<string> | undefined
}

/** A type of FHIR R4: a resource, a data type, or an element that has elements. */
export interface Definition {
  elements: ReadonlyMap<string, Element>
  /** The elements that must be there, and the keys that one of them may have in JSON. */
  required: readonly { name: string; keys: readonly string[] }[]
  isResource: boolean
}

/**
 * What R4 leaves open and a centre can do nothing without: a result or a condition of nobody or of
 * nothing, and a patient that could not be told from another.
 */
const alsoRequired: Readonly<Record<string, Definition["required"]>> = {
  Condition: [{ name: "code", keys: ["code"] }],
  Observation: [{ name: "subject", keys: ["subject"] }],
  Patient: [{ name: "identifier", keys: ["identifier", "id"] }],
}

const read = new Map<string, Definition>()

/** What R4 says of a type; undefined where it has no such type. Each is read when it is met. */
export function definitionOf(type: string): Definition | undefined {
  const known = read.get(type)
  if (known || !Object.hasOwn(types, type)) return known
  const definition = readType(type)
  read.set(type, definition)
  return definition
}

function readType(type: string): Definition {
  const [parent = "", ...lines] = (types[type] ?? "").split(" ")
  const inherited = definitionOf(parent)
  const elements = new Map(inherited?.elements)
  const required = [...(inherited?.required ?? []), ...(alsoRequired[type] ?? [])]
  let choices = 0
  for (const line of lines) {
    // `status!:code=observation-status`: see r4.ts.
    const [, name = "", cardinality = "", kinds = ""] = /^(.+?)([!*+]?):(.*)$/.exec(line) ?? []
    const many = cardinality === "*" || cardinality === "+"
    const choice = name.endsWith("[x]") ? 1 << choices++ : 0
    // An attribute in XML, and no element at all: nothing can be said beside either.
    const isBare = name === "id" || (type === "Resource" && name === "resourceType")
    const keys: string[] = []
    for (const kind of kinds.split("|")) {
      const one = readKind(kind)
      const key = choice === 0 ? name : name.slice(0, -3) + capital(one.type)
      const isPrimitive = primitives[one.type]
      elements.set(key, { ...one, many, isPrimitive, choice, name })
      keys.push(key)
      if (!isPrimitive || isBare) continue
      // What is said of a primitive value stands beside it (R4, 2.6.2.3), and even instead of it.
      elements.set(`_${key}`, { type: "Element", many, choice: 0, name })
      keys.push(`_${key}`)
    }
    if (cardinality === "!" || cardinality === "+") required.push({ name, keys })
  }
  return { elements, required, isResource: type === "Resource" || inherited?.isResource === true }
}

/** `Reference(Patient,Group)`, `code=observation-status` or a type alone. */
function readKind(kind: string): Pick<Element, "type" | "targets" | "codes"> {
  const [, type = "", targets, binding] = /^([\w.]+)(?:\((.+)\))?(?:=(.+))?$/.exec(kind) ?? []
  return {
    type,
    targets: targets === undefined ? undefined : new Set(targets.split(",")),
    codes: binding === undefined ? undefined : readCodes(binding),
  }
}

const readBindings = new Map<string, ReadonlySet<string>>()

function readCodes(binding: string): ReadonlySet<string> {
  const known = readBindings.get(binding)
  if (known) return known
  const listed = new Set<string>()
  let system = ""
  for (const word of (codes[binding] ?? "").split(" ")) {
    if (/^(?:https?|urn):/.test(word)) system = word
    else listed.add(word).add(`${system}|${word}`)
  }
  readBindings.set(binding, listed)
  return listed
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
