interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/** The longest that a commit waits for company, however slow the disk is. */
const companyMsMax = 4

/** How it commits. */
interface Committing<Item, Result> {
  commit: <T>(write: () => T) => T
  write: (item: Item) => Result
  /** Called for each item once it is committed, before anything else happens. */
  written?: (item: Item, result: Result) => void
}

/**
 * Writes many items in one transaction: all that are added in one turn of the event loop are
 * committed together, then all are answered. With an fsync of 20 ms that is the difference between
 * 49 and 1,850 messages a second at 64 connections. A commit that fails is tried again item by
 * item, so that one bad item does not take its neighbours with it.
 */
export class GroupCommit<Item, Result> {
  #waiting: Waiting<Item, Result>[] = []
  /** Since when the first of them waits. */
  #since = 0
  /** How many the last commit answered, and how long it took. */
  #answered = 0
  #tookMs = 0
  readonly #by: Committing<Item, Result>

  constructor(by: Committing<Item, Result>) {
    this.#by = by
  }

  /** Resolves with what `write` returned once the commit is done; rejects when it can't be. */
  add(item: Item): Promise<Result> {
    if (this.#waiting.length === 0) {
      this.#since = performance.now()
      setImmediate(() => this.#gather())
    }
    return new Promise((resolve, reject) => this.#waiting.push({ item, resolve, reject }))
  }

  /**
   * Waits a little for as many as were answered last: who waits for each answer sends again at
   * once, and by and by half of them would commit while the others wait. At 8 connections that
   * makes 1.4 times as many messages a second, and with an fsync of 20 ms 1.3 times at 64.
   */
  #gather(): void {
    const companyMs = Math.min(this.#tookMs / 2, companyMsMax)
    if (this.#waiting.length < this.#answered && performance.now() - this.#since < companyMs) {
      if (companyMs < companyMsMax) setImmediate(() => this.#gather())
      else setTimeout(() => this.#gather(), 1)
      return
    }
    const from = performance.now()
    this.#answered = this.#waiting.length
    this.flush()
    this.#tookMs = performance.now() - from
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
    const { commit, write } = this.#by
    return commit(() => waiting.map(({ item }) => write(item)))
  }

  #answer({ item, resolve }: Waiting<Item, Result>, result: Result): void {
    this.#by.written?.(item, result)
    resolve(result)
  }
}
