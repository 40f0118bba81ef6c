import type { Log } from "../message.ts"

/** Refusals told apart by who was refused and why; those beyond are told together. */
const toldMax = 1_000

/** How often the log is told of refusals that it was spared. */
const tellEveryMs = 60_000

/**
 * Tells the log who is not let in. A device that is refused tries again all the time: the first is
 * told at once, and then once a minute how many more there were.
 */
export class Refusals {
  readonly #source: string
  readonly #log: Log
  /** Those since the log was last told how many, by peer and reason. */
  readonly #untold = new Map<string, { peer: string; reason: string; times: number }>()
  readonly #timer = setInterval(() => this.#tell(), tellEveryMs)

  constructor(source: string, log: Log) {
    this.#source = source
    this.#log = log
  }

  add(address: string, reason: string): void {
    const peer = this.#untold.size < toldMax ? address : "others"
    const key = `${peer} ${reason}`
    const told = this.#untold.get(key)
    if (told) told.times++
    else {
      this.#untold.set(key, { peer, reason, times: 0 })
      this.#log("connection-refused", { source: this.#source, peer, reason })
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#tell()
  }

  #tell(): void {
    for (const { peer, reason, times } of this.#untold.values()) {
      if (times === 0) continue
      this.#log("connection-refused", { source: this.#source, peer, reason, timesMore: times })
    }
    this.#untold.clear()
  }
}
