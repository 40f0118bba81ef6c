import { type Definition, definitionOf, type Element } from "./definition.ts"

/** What is wrong at one place, in words that quote nothing of the resource. */
export interface Finding {
  /** From the element where the walk began on, `.status`; put together only once it is found. */
  path: string
  /** The resource and its elements without their places in lists: `Observation.component.code`. */
  element: string
  code: "structure" | "required" | "value" | "code-invalid" | "not-found" | "duplicate"
  what: string
}

/** As JSON gives it. */
export type Node = Readonly<Record<string, unknown>>

/** Who has read this many does not want more, and whoever keeps them neither. */
const findingsMax = 50
/** Deeper than any resource goes, or any server reads; what has a circle in it comes here. */
const depthMax = 60

/** `Patient/1`, also at an address and in one version, or `Patient?identifier=…`. */
const typePattern = /(?:^|\/)([A-Z]\w*)(?:\/[\w.-]+(?:\/_history\/[\w.-]+)?$|\?)/

/**
 * Goes through a resource once, in the order of its elements, and holds each against R4. What is
 * in order costs no more than being looked at: a path is put together on the way back from what is
 * not.
 */
export class Walk {
  readonly findings: Finding[] = []
  /** The types of the resources of a Bundle, by fullUrl. */
  readonly #targets: ReadonlyMap<string, string>
  #depth = 0
  /** The resource that may contain others, and their ids once one is referred to. */
  #container: Node = {}
  #containedIds: ReadonlyMap<string, string> | undefined

  constructor(targets: ReadonlyMap<string, string>) {
    this.#targets = targets
  }

  /**
   * Any resource. A contained one is referred to from the one it stands in, and what has others in
   * it otherwise (Bundle, Parameters) contains none.
   */
  resource(value: unknown, contained = false): void {
    const before = this.findings.length
    const type = isNode(value) ? value.resourceType : undefined
    const definition = typeof type === "string" ? definitionOf(type) : undefined
    if (!isNode(value) || typeof type !== "string" || !definition?.isResource) {
      this.#add("", "structure", "is no resource of R4")
      return
    }
    if (!contained) {
      this.#container = value
      this.#containedIds = undefined
    }
    this.#members(value, definition)
    for (let found = before; found < this.findings.length; found++) {
      const finding = this.findings[found]
      if (finding) finding.element ||= type + finding.path.replaceAll(/\[\d+\]/g, "")
    }
  }

  #add(path: string, code: Finding["code"], what: string): void {
    if (this.findings.length < findingsMax) this.findings.push({ path, element: "", code, what })
  }

  #members(node: Node, { elements, required }: Definition): void {
    let empty = true
    let chosen = 0
    for (const key in node) {
      const value = node[key]
      // As it is sent: a member that is undefined is not there.
      if (value === undefined) continue
      empty = false
      const element = elements.get(key)
      if (!element) {
        this.#add(`.${key}`, "structure", "is no element of R4")
        continue
      }
      if ((chosen & element.choice) !== 0) {
        this.#add(`.${element.name}`, "structure", "is there in two types")
      }
      chosen |= element.choice
      if (element.many) this.#list(value, element, key, node)
      else this.#under(key, value, element)
    }
    if (empty) this.#add("", "structure", "is empty")
    for (const { name, keys } of required) {
      if (!isThere(node, keys)) this.#add(`.${name}`, "required", "is required")
    }
  }

  #list(value: unknown, element: Element, key: string, node: Node): void {
    if (!Array.isArray(value)) {
      this.#add(`.${key}`, "structure", "is no list")
      return
    }
    if (value.length === 0) this.#add(`.${key}`, "structure", "is empty")
    // In two lists side by side null stands where the other has something (R4, 2.6.2.3).
    const beside = key.startsWith("_") || (element.isPrimitive && node[`_${key}`] !== undefined)
    for (let at = 0; at < value.length; at++) {
      if (value[at] === null && beside) continue
      this.#under(key, value[at], element, at)
    }
  }

  /** One value, and its place before whatever is found in it. */
  #under(key: string, value: unknown, element: Element, at?: number): void {
    const before = this.findings.length
    if (before === findingsMax) return
    this.#depth++
    if (this.#depth > depthMax) this.#add("", "structure", "goes too deep")
    else this.#value(value, element, key)
    this.#depth--
    for (let found = before; found < this.findings.length; found++) {
      const finding = this.findings[found]
      if (finding) finding.path = `.${key}${at === undefined ? "" : `[${at}]`}${finding.path}`
    }
  }

  #value(value: unknown, element: Element, key: string): void {
    const { type, isPrimitive, codes } = element
    if (Array.isArray(value)) this.#add("", "structure", "is a list")
    else if (isPrimitive) {
      if (!isPrimitive(value)) this.#add("", "value", `is not of type ${type}`)
      else if (codes && !codes.has(value as string)) this.#unlisted()
    } else if (type === "Resource") this.resource(value, key === "contained")
    else if (!isNode(value)) this.#add("", "structure", `is not of type ${type}`)
    else {
      const definition = definitionOf(type)
      if (!definition) throw new Error(`r4.ts has no ${type}`)
      this.#members(value, definition)
      if (type === "Reference") this.#reference(value.reference, element)
      else if (codes && type === "CodeableConcept") this.#concept(value, codes)
    }
  }

  /** Of the codings of a concept one must be of the required codes. */
  #concept({ coding }: Node, codes: ReadonlySet<string>): void {
    if (!Array.isArray(coding)) return
    const given = coding.filter((one) => isNode(one) && one.code !== undefined)
    const isListed = ({ system, code }: Node) => codes.has(`${system}|${code}`)
    if (given.length > 0 && !given.some(isListed)) this.#unlisted()
  }

  #unlisted(): void {
    this.#add("", "code-invalid", "has a code that is not of those R4 requires")
  }

  #reference(reference: unknown, { targets }: Element): void {
    if (typeof reference !== "string") return
    const type = this.#typeAt(reference)
    if (type === undefined) this.#add("", "not-found", "refers to nothing")
    else if (targets && type !== "" && !targets.has(type)) {
      this.#add("", "value", `may not refer to a ${type}`)
    }
  }

  /** The type of resource a reference goes to: "" where it does not say, undefined: to nothing. */
  #typeAt(reference: string): string | undefined {
    if (reference.startsWith("#")) return this.#containedTypeAt(reference.slice(1))
    const within = this.#targets.get(reference)
    if (within !== undefined) return within
    if (/^urn:(?:uuid|oid):/.test(reference)) return undefined
    const named = typePattern.exec(reference)?.[1] ?? ""
    if (definitionOf(named)?.isResource) return named
    return /^[a-z][a-z\d+.-]*:/i.test(reference) ? "" : undefined
  }

  #containedTypeAt(id: string): string | undefined {
    // `#` alone is what contains it (R4, 2.3.0.5).
    if (id === "") return ""
    if (!this.#containedIds) {
      const { contained } = this.#container
      const ids = new Map<string, string>()
      for (const one of Array.isArray(contained) ? contained : []) {
        if (isNode(one)) ids.set(String(one.id), String(one.resourceType))
      }
      this.#containedIds = ids
    }
    return this.#containedIds.get(id)
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isThere(node: Node, keys: readonly string[]): boolean {
  for (const key of keys) if (node[key] !== undefined) return true
  return false
}
