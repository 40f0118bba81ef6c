/** What came to a sink. */
export interface Tally {
  /** Milliseconds since 1970. */
  at: number
  transactions: number
  /** Transactions whose idempotency key was there before. */
  repeated: number
  /** Different reports in them, by the number their sender gave them. */
  reports: number
  /** Reports that came after a later one of their patient, or once more. */
  disordered: number
  /** When the first and the last came, in milliseconds since 1970; 0 before there was one. */
  firstAt: number
  lastAt: number
}

/** A transaction as far as it is looked at. */
export interface Transaction {
  entry: { resource: Resource }[]
}

interface Resource {
  resourceType: string
  identifier?: { value: string }[]
  subject?: { reference: string }
}

/** Keeps what came apart, as the benchmark's messages can be told apart. */
export class Ledger {
  readonly #tally = {
    transactions: 0,
    repeated: 0,
    reports: 0,
    disordered: 0,
    firstAt: 0,
    lastAt: 0,
  }
  readonly #keys = new Set<string>()
  readonly #reports = new Set<string>()
  readonly #lastOf = new Map<string, string>()

  /** Counts a transaction, and gives its number. */
  count(key: string, { entry }: Transaction): number {
    const tally = this.#tally
    if (this.#keys.has(key)) tally.repeated++
    this.#keys.add(key)
    // Those of several messages stand in the order of their messages.
    for (const { resource } of entry) {
      if (resource.resourceType === "DiagnosticReport") this.#countReport(resource)
    }
    tally.reports = this.#reports.size
    tally.lastAt = Date.now()
    tally.firstAt ||= tally.lastAt
    return ++tally.transactions
  }

  tally(): Tally {
    return { at: Date.now(), ...this.#tally }
  }

  /** Our own identifier comes first, then the sender's number, which grows with every message. */
  #countReport({ identifier, subject }: Resource): void {
    const number = identifier?.[1]?.value ?? ""
    const patient = subject?.reference ?? ""
    if (number <= (this.#lastOf.get(patient) ?? "")) this.#tally.disordered++
    this.#lastOf.set(patient, number)
    this.#reports.add(number)
  }
}
