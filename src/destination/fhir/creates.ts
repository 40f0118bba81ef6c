const seenMax = 10_000

/**
 * Which conditional creates are under way at a destination, and which have been done there. Two
 * that name one resource for the first time at the same moment may make two of it (hapi-fhir
 * #3141): every message names the Organization and the Practitioner. So the second waits for the
 * first; once one has come through, none waits any more. In memory: a start anew only means to
 * wait again.
 */
export class Creates {
  /** The key that was used longest ago is the first. */
  readonly #seen = new Set<string>()
  readonly #making = new Map<string, Promise<void>>()

  /** Whether this was created or found by a transaction that came through. */
  isSeen(key: string): boolean {
    return this.#seen.has(key)
  }

  /**
   * Resolves once nobody else is making what these keys name, and the caller may. What it gives
   * is to be called afterwards: with true where all of them are there now.
   */
  async enter(keys: readonly string[], signal: AbortSignal): Promise<(there: boolean) => void> {
    // All keys are taken at once or none: two that wait for each other would do so for ever.
    for (let others = this.#others(keys); others.length > 0; others = this.#others(keys)) {
      await unlessAborted(Promise.all(others), signal)
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    const making = keys.filter((key) => !this.#seen.has(key))
    for (const key of making) this.#making.set(key, promise)
    return (there) => {
      for (const key of making) this.#making.delete(key)
      for (const key of keys) this.#remember(key, there)
      resolve()
    }
  }

  #others(keys: readonly string[]): Promise<void>[] {
    return keys.flatMap((key) => (this.#seen.has(key) ? [] : (this.#making.get(key) ?? [])))
  }

  /** After a failure there is no telling, also of what was there before. */
  #remember(key: string, there: boolean): void {
    this.#seen.delete(key)
    if (!there) return
    this.#seen.add(key)
    if (this.#seen.size <= seenMax) return
    const [oldest] = this.#seen
    if (oldest !== undefined) this.#seen.delete(oldest)
  }
}

function unlessAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener("abort", stop)
    void promise.then(() => {
      signal.removeEventListener("abort", stop)
      resolve()
    })
  })
}
