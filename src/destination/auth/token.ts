import { within } from "../network.ts"
import { AccessProblem, type Auth, type AuthGiven } from "./auth.ts"

/** What a token endpoint gave. */
export interface Granted {
  /** The whole header, `Bearer …`. */
  authorization: string
  lastsMs: number
}

interface Current {
  authorization: string
  /** From here on another is asked for, while this one is still in use. */
  renewAt: number
  endsAt: number
}

/** A minute before its end a token is renewed, or where it is short-lived when 80 % are over. */
const spareMsMax = 60_000
const spareShare = 0.2

/**
 * Keeps one token for all lanes: `request` is asked for another before the last one ends, by one of
 * them for all. Time is measured, not read off the clock, so that a clock set back does not make a
 * token last for ever.
 */
export function openToken(
  request: (signal: AbortSignal) => Promise<Granted>,
  { timeoutMs, elapsed }: Pick<AuthGiven, "timeoutMs" | "elapsed">,
): Auth {
  const closing = new AbortController()
  let current: Current | undefined
  let asked: Promise<Current> | undefined

  function ask(): Promise<Current> {
    asked ??= within(timeoutMs, [closing.signal], async (limit) => {
      const from = elapsed()
      const { authorization, lastsMs } = await request(limit)
      const endsAt = from + lastsMs
      const renewAt = endsAt - Math.min(spareMsMax, lastsMs * spareShare)
      current = { authorization, renewAt, endsAt }
      return current
    }).finally(() => {
      asked = undefined
    })
    return asked
  }

  return {
    async headers(signal) {
      const now = elapsed()
      if (current && now < current.endsAt) {
        const { authorization } = current
        if (now >= current.renewAt) {
          // With the endpoint down, the next of so many deliveries does not ask again at once.
          current.renewAt = (now + current.endsAt) / 2
          ask().catch(() => undefined)
        }
        return { authorization }
      }
      const { authorization } = await unlessStopped(ask(), signal)
      return { authorization }
    },
    refused({ authorization }) {
      // Another lane may have come by a newer one meanwhile.
      if (current?.authorization === authorization) current = undefined
      return true
    },
    close: () => closing.abort(new Error("the gateway is stopping")),
  }
}

/** Waits no longer than `signal` lets it; what is waited for goes on for the others. */
function unlessStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      const reason = `waiting for a token: ${(signal.reason as Error).message}`
      reject(new AccessProblem({ outcome: "retry", reason }))
    }
    if (signal.aborted) stop()
    signal.addEventListener("abort", stop)
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop))
  })
}
