/** A part of the benchmark, which can be asked for by its name. */
export interface Part {
  /** What it measures, in one line for `--help`. */
  about: string
  measure(plan: Plan): Promise<Figures>
}

export interface Plan {
  /** A short run that shows the shape of it; its figures say little. */
  quick: boolean
  /** Says what happens now. */
  progress: (what: string) => void
}

export interface Figures {
  /** All of them, for dist/bench.json. */
  figures: unknown
  /** What a person looks for. */
  table: string
}
