import type { Carried, Carry } from "../carry.ts"
import type { Log } from "../message.ts"
import type { Inward, Outward } from "./crossing.ts"
import type { CarrierSettings } from "./here.ts"

/** What became of a delivery that the thread brought no answer to. */
export interface Fault {
  fault: string
  /** Nothing else was under way, so that nothing else can be to blame. */
  alone: boolean
}

/** A delivery that is on the thread. */
interface Underway {
  known: Parameters<Carry>[1]
  resolve: (carried: Carried | Fault) => void
  reject: (error: Error) => void
}

/** What a thread is started with. */
interface Starting {
  /** The module it runs. */
  url: string
  settings: CarrierSettings
  log: Log
  /** Called once when it has ended, unless it was closed. */
  onEnd: () => void
}

/** How often a thread is asked for a sign of life while something is under way on it. */
export const lookMs = 10_000
/** It is stuck when it has answered none of so many: looks are counted, for clocks do jump. */
const silentMax = 6
/** How long it may take to close. */
const closeMs = 2_000

/** One thread that maps and sends, as seen from this side. */
export class FarThread {
  readonly #worker: Worker
  readonly #given: Starting
  readonly #underway = new Map<number, Underway>()
  readonly #over = Promise.withResolvers<void>()
  #isOver = false
  #count = 0
  /** Looks in a row after which nothing was heard. */
  #silent = 0

  constructor(given: Starting) {
    this.#given = given
    this.#worker = new Worker(given.url)
    this.#worker.onmessage = ({ data }: MessageEvent<Inward>) => this.#take(data)
    // Its text may quote a message. What the thread itself can still say of it came before.
    this.#worker.onerror = () => this.#end("it could not be started, or broke")
    this.#worker.addEventListener("close", () => this.#end("it came to an end by itself"))
    this.#send({ what: "open", settings: given.settings })
  }

  /** As `Carry`; resolves with a fault where the thread ends over it, or its code fails. */
  carry(...[carrying, known, signal]: Parameters<Carry>): Promise<Carried | Fault> {
    const carry = ++this.#count
    const abort = () => this.#send({ what: "abort", carry })
    signal.addEventListener("abort", abort)
    return new Promise<Carried | Fault>((resolve, reject) => {
      this.#underway.set(carry, { known, resolve, reject })
      this.#send({ what: "carry", carry, carrying })
    }).finally(() => signal.removeEventListener("abort", abort))
  }

  greet(): void {
    this.#send({ what: "greet" })
  }

  /** Asks for a sign of life; ends a thread that gave none for too long. */
  look(): void {
    if (this.#underway.size === 0) this.#silent = 0
    else if (this.#silent >= silentMax) {
      this.#end(`it gave no sign of life for ${(silentMax * lookMs) / 1_000} s`)
    } else {
      this.#silent++
      this.#send({ what: "ping" })
    }
  }

  async close(): Promise<void> {
    const late = setTimeout(() => this.#end("it did not close"), closeMs)
    this.#send({ what: "close" })
    await this.#over.promise
    clearTimeout(late)
    this.#terminate()
  }

  #send(outward: Outward): void {
    this.#worker.postMessage(outward)
  }

  #take(inward: Inward): void {
    this.#silent = 0
    switch (inward.what) {
      case "known":
        this.#answer(inward.carry, inward.resources)
        return
      case "carried":
        this.#underway.get(inward.carry)?.resolve(inward.carried)
        this.#underway.delete(inward.carry)
        return
      case "failed":
        this.#given.log("carrier-failed", { reason: inward.fault })
        this.#underway.get(inward.carry)?.resolve({ fault: inward.fault, alone: true })
        this.#underway.delete(inward.carry)
        return
      case "log":
        this.#given.log(inward.event, inward.fields)
        return
      case "alive":
        return
      case "broken":
        this.#end(inward.fault)
        return
      case "closed":
        this.#over.resolve()
        return
    }
  }

  #answer(carry: number, resources: readonly string[]): void {
    const one = this.#underway.get(carry)
    one?.known(resources).then((told) => this.#send({ what: "known", carry, told }), one.reject)
  }

  #end(reason: string): void {
    if (this.#isOver) return
    const deliveries = this.#underway.size
    this.#given.log("carrier-ended", { reason, deliveries })
    this.#terminate()
    const fault = { fault: `the carrier's thread ended: ${reason}`, alone: deliveries === 1 }
    for (const { resolve } of this.#underway.values()) resolve(fault)
    this.#underway.clear()
    this.#given.onEnd()
  }

  #terminate(): void {
    this.#isOver = true
    this.#over.resolve()
    this.#worker.terminate()
  }
}
