/** A carrier's thread that does what the text of each message says, and maps and sends nothing. */
import type { Inward, Outward } from "../../src/carrier/crossing.ts"
import type { Carried } from "../../src/carry.ts"

declare const self: Worker

const send = (inward: Inward) => self.postMessage(inward)
const delivered: Carried = {
  outcome: { outcome: "delivered", receipt: { status: 200 } },
  told: [],
  notes: [],
}

self.onmessage = ({ data }: MessageEvent<Outward>) => {
  if (data.what === "ping") send({ what: "alive" })
  if (data.what === "close") send({ what: "closed" })
  if (data.what !== "carry") return
  const { carry, carrying } = data
  switch (Buffer.from(carrying.message.bytes).toString()) {
    case "crash":
      throw new Error("DOE^JANE")
    case "exit":
      return process.exit(3)
    case "fail":
      return send({ what: "failed", carry, fault: "TypeError at oru.ts:1:1" })
    case "loop":
      for (;;);
    // Long enough for what comes right behind it to end the thread.
    case "slow":
      return void setTimeout(() => send({ what: "carried", carry, carried: delivered }), 100)
    default:
      return send({ what: "carried", carry, carried: delivered })
  }
}
