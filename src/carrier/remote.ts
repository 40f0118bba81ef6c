import type { Carried, Carry } from "../carry.ts"
import type { Log, Told } from "../message.ts"
import type { Inward, Outward } from "./crossing.ts"
import type { Carrier, CarrierSettings } from "./here.ts"

/** A delivery that is on the thread. */
interface Underway {
  known: Parameters<Carry>[1]
  resolve: (carried: Carried) => void
  reject: (error: Error) => void
}

/** In the binary all modules stand at the root of its file system, but for those of threads. */
const threads = import.meta.path.startsWith("/$bunfs/") ? "./carrier/" : "./"
const thread = new URL(`${threads}thread.ts`, import.meta.url).href

/**
 * Opens a carrier on a thread of its own, which starts with the first delivery or greeting. It can
 * only work with our maps and kinds: functions do not cross over.
 */
export function openCarrierThread(settings: CarrierSettings, log: Log): Carrier {
  let worker: Worker | undefined
  let count = 0
  const underway = new Map<number, Underway>()
  const closed = Promise.withResolvers<void>()
  const send = (outward: Outward) => worker?.postMessage(outward)

  function start(): void {
    worker = new Worker(thread)
    worker.onmessage = ({ data }: MessageEvent<Inward>) => take(data)
    worker.onerror = ({ message }) => fail(new Error(`the carrier's thread ended: ${message}`))
    send({ what: "open", settings })
  }

  /** What was on the thread is in doubt, and another thread starts with the next delivery. */
  function fail(error: Error): void {
    log("carrier-ended", { reason: error.message })
    worker?.terminate()
    worker = undefined
    closed.resolve()
    const outcome = { outcome: "retry", reason: error.message } as const
    for (const { resolve } of underway.values()) {
      resolve({ outcome, told: [], notes: [] })
    }
    underway.clear()
  }

  function take(inward: Inward): void {
    switch (inward.what) {
      case "known":
        answer(inward.carry, inward.resources)
        return
      case "carried":
        underway.get(inward.carry)?.resolve(inward.carried)
        underway.delete(inward.carry)
        return
      case "failed":
        underway.get(inward.carry)?.reject(inward.error)
        underway.delete(inward.carry)
        return
      case "log":
        log(inward.event, inward.fields)
        return
      case "closed":
        closed.resolve()
        return
    }
  }

  function answer(carry: number, resources: readonly string[]): void {
    const one = underway.get(carry)
    one?.known(resources).then((told: Told[]) => send({ what: "known", carry, told }), one.reject)
  }

  return {
    carry(carrying, known, signal) {
      if (!worker) start()
      const carry = ++count
      const abort = () => send({ what: "abort", carry })
      signal.addEventListener("abort", abort)
      return new Promise<Carried>((resolve, reject) => {
        underway.set(carry, { known, resolve, reject })
        send({ what: "carry", carry, carrying })
      }).finally(() => signal.removeEventListener("abort", abort))
    },
    greet() {
      if (!worker) start()
      send({ what: "greet" })
    },
    async close() {
      if (!worker) return
      send({ what: "close" })
      await closed.promise
      worker?.terminate()
    },
  }
}
