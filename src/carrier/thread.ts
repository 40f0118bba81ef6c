/**
 * The carrier's own thread: here a map may take its time and a Bundle be large, and no sender waits
 * any longer for its acknowledgement.
 */
import { destinations } from "../destination/index.ts"
import { maps } from "../map/index.ts"
import type { Told } from "../message.ts"
import type { Inward, Outward } from "./crossing.ts"
import { faultOf } from "./fault.ts"
import { type Carrier, openCarrierHere } from "./here.ts"

declare const self: Worker

interface Underway {
  abort: AbortController
  /** Takes the answer to the question asked last. */
  told: (told: Told[]) => void
}

const underway = new Map<number, Underway>()
let carrier: Carrier | undefined

self.onmessage = ({ data }: MessageEvent<Outward>) => {
  try {
    take(data)
  } catch (error) {
    broken(error)
  }
}
for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, broken)

/** What the runtime would say of it quotes the error's text, and that may quote a message. */
function broken(error: unknown): void {
  send({ what: "broken", fault: faultOf(error) })
}

function take(data: Outward): void {
  switch (data.what) {
    case "open":
      carrier = openCarrierHere(data.settings, { maps, destinations }, (event, fields) =>
        send({ what: "log", event, fields }),
      )
      return
    case "carry":
      carry(data)
      return
    case "known":
      underway.get(data.carry)?.told(data.told)
      return
    case "abort":
      underway.get(data.carry)?.abort.abort()
      return
    case "greet":
      carrier?.greet()
      return
    case "ping":
      send({ what: "alive" })
      return
    case "close":
      carrier?.close().then(() => send({ what: "closed" }))
      return
  }
}

function carry({ carry, carrying }: Extract<Outward, { what: "carry" }>): void {
  const one: Underway = { abort: new AbortController(), told: () => {} }
  underway.set(carry, one)
  const known = (resources: readonly string[]) => {
    send({ what: "known", carry, resources })
    return new Promise<Told[]>((resolve) => {
      one.told = resolve
    })
  }
  if (!carrier) throw new Error("a delivery before the carrier was opened")
  carrier
    .carry(carrying, known, one.abort.signal)
    .then((carried) => send({ what: "carried", carry, carried }))
    .catch((error: unknown) => send({ what: "failed", carry, fault: faultOf(error) }))
    .finally(() => underway.delete(carry))
}

function send(inward: Inward): void {
  self.postMessage(inward)
}
