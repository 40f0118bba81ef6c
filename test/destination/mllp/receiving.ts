import { afterEach } from "bun:test"
import type { TlsOptions } from "node:tls"
import * as v from "valibot"
import { mllp } from "../../../src/destination/mllp/index.ts"
import type { Destination, Outcome } from "../../../src/message.ts"
import { type MllpReceiver, openMllpReceiver } from "../../fake/mllp-receiver.ts"
import { admission, message } from "../sending.ts"

type Answer = Parameters<typeof openMllpReceiver>[0]

/** A receiver of a test's own, and a destination that sends to it. */
export interface Receiving {
  receiver: MllpReceiver
  destination: Destination
  /** What each message came in as. */
  bytes: Uint8Array[]
  send(bytes: Uint8Array, signal?: AbortSignal): Promise<Outcome>
  /** Sends a message of that MSH-10. */
  sendOf(controlId: string): Promise<Outcome>
}

/** Gives tests a receiver that answers so; what they open is closed behind each. */
export function receiving() {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })

  return async (answer: Answer, changes: object = {}, tls?: TlsOptions): Promise<Receiving> => {
    const bytes: Uint8Array[] = []
    const receiver = await openMllpReceiver((controlId, came) => {
      bytes.push(came)
      return answer(controlId, came)
    }, tls)
    const [host, port] = receiver.address.split(":")
    const section = v.parse(mllp.config, { kind: "mllp", host, port: Number(port), ...changes })
    const site = { id: "test", timezone: "Africa/Nairobi" }
    const destination = mllp.open("his", section, { site, log: () => {}, now: Date.now })
    opened.push(receiver, destination)
    const never = new AbortController().signal
    const send = (content: Uint8Array, signal = never) =>
      destination.send(
        {
          key: "epoch-1",
          message: { ...message, bytes: content },
          bundle: { resourceType: "Bundle", type: "transaction" },
        },
        signal,
      )
    const sendOf = (controlId: string) => send(admission(controlId, "KSM-1"))
    return { receiver, destination, bytes, send, sendOf }
  }
}
