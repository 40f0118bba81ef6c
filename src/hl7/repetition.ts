import type { Encoding } from "./charset.ts"
import { type Delimiters, unescaped } from "./escape.ts"

/** One repetition of a field. */
export class Repetition {
  readonly #raw: string
  readonly #delimiters: Delimiters
  readonly #charset: Encoding
  #components: string[] | undefined

  constructor(raw: string, delimiters: Delimiters, charset: Encoding) {
    this.#raw = raw
    this.#delimiters = delimiters
    this.#charset = charset
  }

  /** One part, as `Segment.text` gives it. */
  text(component = 1, subcomponent = 1): string | undefined {
    const part = this.#split()[component - 1]
    if (part === undefined || part === "") return undefined
    const { subcomponent: separator } = this.#delimiters
    const whole = separator === "" || !part.includes(separator)
    if (whole && subcomponent > 1) return undefined
    const subpart = whole ? part : part.split(separator)[subcomponent - 1]
    if (subpart === undefined || subpart === '""') return undefined
    return unescaped(subpart, this.#delimiters, this.#charset).trim() || undefined
  }

  /**
   * One component whose type has no subcomponents, so that an `&` a sender left unescaped in it
   * stays text: `U&E` and `U&C` are two services. Else as `text`.
   */
  component(number: number): string | undefined {
    const part = this.#split()[number - 1]
    if (part === undefined || part === '""') return undefined
    return unescaped(part, this.#delimiters, this.#charset).trim() || undefined
  }

  /** All of it, unescaped: `^` and `&` that a sender left unescaped in a text stay text. */
  whole(): string {
    return unescaped(this.#raw, this.#delimiters, this.#charset)
  }

  /** How many components there are, empty ones between separators counted. */
  components(): number {
    return this.#split().length
  }

  /** Whether a component has subcomponents: what stands in one is the whole of it where not. */
  divided(component: number): boolean {
    const { subcomponent } = this.#delimiters
    return subcomponent !== "" && (this.#split()[component - 1]?.includes(subcomponent) ?? false)
  }

  /** Whether nothing is said: only separators, white space and `""`. */
  empty(): boolean {
    // A letter or digit at its beginning settles it, for documents of many megabytes too.
    if (isLetterOrDigit(this.#raw.charCodeAt(0))) return false
    return this.#split()
      .flatMap((part) => split(part, this.#delimiters.subcomponent))
      .every((part) => part.trim() === "" || part.trim() === '""')
  }

  #split(): string[] {
    this.#components ??= split(this.#raw, this.#delimiters.component)
    return this.#components
  }
}

/** Of ASCII. NaN, of a text of none, is none. */
function isLetterOrDigit(code: number): boolean {
  const letter = code | 0x20
  return (code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x7a)
}

/** A text taken apart at a delimiter; whole where the message has no such delimiter. */
export function split(text: string, delimiter: string): string[] {
  // Most parts have nothing to split, and asking first costs a third of a split in vain.
  return delimiter !== "" && text.includes(delimiter) ? text.split(delimiter) : [text]
}
