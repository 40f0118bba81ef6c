import { type Child, startScript } from "./child.ts"
import { exchange } from "./exchange.ts"
import { openPlace } from "./gateway.ts"
import { medians } from "./median.ts"
import { frameOf } from "./message.ts"
import type { Figures, Plan } from "./part.ts"
import { residentMb } from "./process.ts"
import { table } from "./table.ts"

const connections = 5_000
/** Opened at once: a listener's backlog holds so many. */
const atOnce = 100
const idleMs = 1_000

export const idleConnections = {
  about: `memory for ${connections} connections on which nothing comes`,
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const peers: Idle[] = []
    const ours: Idle[] = []
    for (let round = 1; round <= (quick ? 1 : 5); round++) {
      progress(`round ${round}`)
      const peer = await startScript("peer.ts")
      peers.push(await hold(peer, Number(peer.said.port)))
      const place = openPlace()
      const gateway = await place.start()
      ours.push(await hold(gateway, gateway.port))
      place.remove()
    }
    const figures = { "@medplum/hl7": medians(peers), waystation: medians(ours) }
    const rows = Object.entries(figures).map(([listener, { idleMb, moreMb }]) => {
      return [listener, idleMb.toFixed(0), moreMb.toFixed(0)]
    })
    const title = `${connections} connections on which nothing comes`
    return { figures, table: table(title, ["listener", "MB without them", "MB more"], rows) }
  },
}

interface Idle {
  /** Resident memory without the connections. */
  idleMb: number
  /** How much more it is with them. */
  moreMb: number
}

async function hold(child: Child, port: number): Promise<Idle> {
  // One message before, so that the code it takes does not count for the connections.
  await answered(port, 0)
  await Bun.sleep(idleMs)
  const idleMb = residentMb(child.pid)
  const sockets: Bun.Socket[] = []
  while (sockets.length < connections) {
    sockets.push(...(await Promise.all(Array.from({ length: atOnce }, () => open(port)))))
  }
  // They are taken in order, so all of them are when the one after the last is answered.
  await answered(port, 1)
  await Bun.sleep(idleMs)
  const moreMb = residentMb(child.pid) - idleMb
  await child.end("SIGKILL")
  for (const socket of sockets) socket.end()
  return { idleMb, moreMb }
}

async function answered(port: number, number: number): Promise<void> {
  const answer = await exchange(port, frameOf(number))
  if (!answer.includes("\rMSA|AA|")) throw new Error(`the answer was ${answer}`)
}

function open(port: number): Promise<Bun.Socket> {
  return Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } })
}
