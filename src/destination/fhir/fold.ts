import type { Bundle, BundleEntry } from "fhir/r4"

/** A server does a whole transaction or none of it, and holds what it touches until then. */
const entriesMax = 64
/** Characters of JSON; what is larger gains nothing by company. */
const charsMax = 256 * 1024

/** The transactions of several messages as one. */
export class Fold {
  readonly #entries = new Map<string, BundleEntry>()
  #unnamed = 0
  #chars = 0

  /**
   * Takes in another transaction, all of it or nothing: false where that would write one resource
   * twice (R4, 3.1.0.11.2 forbids it), or make too much. What several create is in it once. The
   * first is always taken.
   */
  add(bundle: Bundle): boolean {
    const entries = bundle.entry ?? []
    const chars = JSON.stringify(entries).length
    const added = entries.filter(({ fullUrl = "" }) => !this.#entries.has(fullUrl))
    const large = this.#entries.size + added.length > entriesMax || this.#chars + chars > charsMax
    if (this.#entries.size > 0 && (large || entries.some((entry) => this.#collides(entry)))) {
      return false
    }
    for (const entry of added) this.#entries.set(entry.fullUrl ?? `${this.#unnamed++}`, entry)
    this.#chars += chars
    return true
  }

  bundle(): Bundle {
    return { resourceType: "Bundle", type: "transaction", entry: [...this.#entries.values()] }
  }

  #collides(entry: BundleEntry): boolean {
    const before = this.#entries.get(entry.fullUrl ?? "")
    return before !== undefined && !(creates(before) && creates(entry))
  }
}

/** Creates where absent, and overwrites nothing: so twice is once. */
function creates({ request }: BundleEntry): boolean {
  return request?.ifNoneExist !== undefined || request?.ifNoneMatch === "*"
}
