import type { Carried, Carry } from "../carry.ts"
import type { Log } from "../message.ts"
import { FarThread, type Fault, lookMs } from "./far-thread.ts"
import type { Carrier, CarrierSettings } from "./here.ts"

/** In the binary all modules stand at the root of its file system, but for those of threads. */
const threads = import.meta.path.startsWith("/$bunfs/") ? "./carrier/" : "./"
const thread = new URL(`${threads}thread.ts`, import.meta.url).href

/** What a test puts in the place of the thread's own code, and of the passing of time. */
interface Instead {
  url?: string | undefined
  /** Has this called again and again; answers how to stop it. */
  watch?: ((look: () => void) => () => void) | undefined
}

/**
 * Opens a carrier on a thread of its own, which starts with the first delivery or greeting. It can
 * only work with our maps and kinds: functions do not cross over. When the thread ends over some
 * deliveries, nobody knows which of them did it: each is carried again, on a thread where nothing
 * else is. The one that ends that too is in doubt, and goes alone from then on.
 */
export function openCarrierThread(
  settings: CarrierSettings,
  log: Log,
  { url = thread, watch = everySoOften }: Instead = {},
): Carrier {
  const open = new Set<FarThread>()
  /** The keys of deliveries that may have ended a thread. */
  const suspects = new Set<string>()
  let shared: FarThread | undefined
  /** The last of those that go alone; one after another, or memory would go for their threads. */
  let last: Promise<unknown> = Promise.resolve()
  let stopWatching: (() => void) | undefined

  function start(): FarThread {
    const one = new FarThread({ url, settings, log, onEnd: () => forget(one) })
    open.add(one)
    stopWatching ??= watch(() => {
      for (const each of open) each.look()
    })
    return one
  }

  function forget(one: FarThread): void {
    open.delete(one)
    if (shared === one) shared = undefined
  }

  function inTurn(carry: () => Promise<Carried | Fault>): Promise<Carried | Fault> {
    const turn = last.then(carry)
    last = turn.catch(() => undefined)
    return turn
  }

  const alone = async (...delivery: Parameters<Carry>): Promise<Carried | Fault> => {
    if (delivery[2].aborted) return stopping
    const one = start()
    try {
      return await one.carry(...delivery)
    } finally {
      await one.close()
      forget(one)
    }
  }

  return {
    async carry(...delivery) {
      const [{ key }] = delivery
      if (!suspects.has(key)) {
        shared ??= start()
        const carried = await shared.carry(...delivery)
        if (!("fault" in carried)) return carried
        suspects.add(key)
        if (carried.alone) return inDoubt(carried)
      }
      const carried = await inTurn(() => alone(...delivery))
      if ("fault" in carried) return inDoubt(carried)
      suspects.delete(key)
      return carried
    },
    greet() {
      shared ??= start()
      shared.greet()
    },
    async close() {
      stopWatching?.()
      await Promise.all([...open].map((one) => one.close()))
    },
  }
}

function everySoOften(look: () => void): () => void {
  const timer = setInterval(look, lookMs)
  return () => clearInterval(timer)
}

/** It stays pending, and is sent again after the start. */
const stopping: Carried = {
  outcome: { outcome: "retry", reason: "the gateway is stopping" },
  told: [],
  notes: [],
}

/** The destination has no part in it, and where it is held in the end it is for the map's sake. */
function inDoubt({ fault }: Fault): Carried {
  const reason = `it could not be mapped and sent (${fault})`
  const outcome = { outcome: "retry", reason, doubt: "fault" } as const
  return { outcome, heldBy: "map", told: [], notes: [] }
}
