interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Writes many items in one transaction: all that are added in one turn of the event loop are
 * committed together, then all are answered. With an fsync of 20 ms that is the difference between
 * 49 and 1,850 messages a second at 64 connections. A commit that fails is tried again item by
 * item, so that one bad item does not take its neighbours with it.
 */
export class GroupCommit<Item, Result> {
  #waiting: Waiting<Item, Result>[] = []
  readonly #commit: <T>(write: () => T) => T
  readonly #write: (item: Item) => Result
  readonly #written: (item: Item, result: Result) => void

  /** @param written called for each item once it is committed, before anything else happens */
  constructor(
    commit: <T>(write: () => T) => T,
    write: (item: Item) => Result,
    written: (item: Item, result: Result) => void = () => {},
  ) {
    this.#commit = commit
    this.#write = write
    this.#written = written
  }

  /** Resolves with what `write` returned once the commit is done; rejects when it can't be. */
  add(item: Item): Promise<Result> {
    if (this.#waiting.length === 0) setImmediate(() => this.flush())
    return new Promise((resolve, reject) => this.#waiting.push({ item, resolve, reject }))
  }

  /** Commits what waits now. */
  flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0) return
    let results: Result[]
    try {
      results = this.#commitAll(waiting)
    } catch {
      for (const one of waiting) this.#alone(one)
      return
    }
    for (const [index, one] of waiting.entries()) this.#answer(one, results[index] as Result)
  }

  #alone(one: Waiting<Item, Result>): void {
    let results: Result[]
    try {
      results = this.#commitAll([one])
    } catch (error) {
      one.reject(error)
      return
    }
    this.#answer(one, results[0] as Result)
  }

  #commitAll(waiting: readonly Waiting<Item, Result>[]): Result[] {
    return this.#commit(() => waiting.map(({ item }) => this.#write(item)))
  }

  #answer({ item, resolve }: Waiting<Item, Result>, result: Result): void {
    this.#written(item, result)
    resolve(result)
  }
}
