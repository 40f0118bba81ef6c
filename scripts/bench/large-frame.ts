import { type Child, startScript } from "./child.ts"
import { exchange } from "./exchange.ts"
import { type Gateway, openPlace, untilNothingIsPending } from "./gateway.ts"
import { medians } from "./median.ts"
import type { Figures, Plan } from "./part.ts"
import { forgetPeak, peakMb, residentMb } from "./process.ts"
import { freePort, startSink } from "./sink.ts"
import { table } from "./table.ts"

/** What `largeReport` carries. */
export const largeReportMb = 20
const idleMs = 1_000

export const largeFrame = {
  about: `one message of ${largeReportMb} MB: the time to its acknowledgement, and memory`,
  async measure({ quick, progress }: Plan): Promise<Figures> {
    const frame = largeReport()
    const cases: { name: string; send: () => Promise<Taken>; rounds: Taken[] }[] = [
      { name: "@medplum/hl7", send: () => toPeer(frame), rounds: [] },
      { name: "waystation, owed to nobody", send: () => toNobody(frame), rounds: [] },
      { name: "waystation, its centre is down", send: () => whileDown(frame), rounds: [] },
      { name: "waystation, delivered", send: () => delivered(frame), rounds: [] },
    ]
    for (let round = 1; round <= (quick ? 1 : 5); round++) {
      for (const { name, send, rounds } of cases) {
        const taken = await send()
        progress(`round ${round}, ${name}: ${taken.ackMs.toFixed(0)} ms`)
        rounds.push(taken)
      }
    }
    const figures = cases.map(({ name, rounds }) => ({ name, ...medians(rounds), rounds }))
    const rows = figures.map((one) => [
      one.name,
      one.ackMs.toFixed(0),
      one.idleMb.toFixed(0),
      one.moreMb.toFixed(0),
      (one.moreMb / largeReportMb).toFixed(1),
      one.settledMs.toFixed(0),
    ])
    return { figures, table: table(`One message of ${largeReportMb} MB`, head, rows) }
  },
}

const head = ["listener", "ms to ack", "idle MB", "most MB more", "times the frame", "ms to settle"]

/** What one large message cost a new process. */
interface Taken {
  /** From the first byte written to the last of the acknowledgement. */
  ackMs: number
  idleMb: number
  /** How much more memory than at rest it took at the most, until all was done. */
  moreMb: number
  /** From the first byte until everything was done that can be. */
  settledMs: number
}

/** An ORU^R01 that carries a file of 20 MB, as a scanner or an ultrasound sends it. */
export function largeReport(): Buffer {
  const file = Buffer.alloc((largeReportMb * 1e6 * 3) / 4)
  for (let at = 0; at < file.length; at += 65_536) {
    crypto.getRandomValues(file.subarray(at, at + 65_536))
  }
  const scan = `^application^pdf^Base64^${file.toString("base64")}`
  const segments = [
    "MSH|^~\\&|SCANNER|LAB|GATEWAY|CLINIC|20260415120000||ORU^R01^ORU_R01|LARGE-1|P|2.5.1",
    "PID|1||PATIENT-1^^^KISUMU^MR||ACHIENG^GRACE^ATIENO||19880412|F",
    "OBR|1||FILLER-1|18782-3^Radiology report^LN|||20260415114500",
    `OBX|1|ED|18782-3^Radiology report^LN||${scan}||||||F`,
  ]
  return Buffer.from(`\x0b${segments.join("\r")}\r\x1c\r`, "latin1")
}

async function toPeer(frame: Buffer): Promise<Taken> {
  const peer = await startScript("peer.ts")
  const taken = await take(peer, Number(peer.said.port), frame, async () => {})
  await peer.end("SIGKILL")
  return taken
}

function toNobody(frame: Buffer): Promise<Taken> {
  return toGateway(frame, undefined, async (gateway) => {
    while ((await gateway.status()).journal.unfollowed > 0) await Bun.sleep(pollMs)
  })
}

async function whileDown(frame: Buffer): Promise<Taken> {
  return toGateway(frame, await freePort(), async (gateway) => {
    while (!(await gateway.status()).destinations.central?.reason) await Bun.sleep(pollMs)
  })
}

async function delivered(frame: Buffer): Promise<Taken> {
  const sink = await startSink()
  const taken = await toGateway(frame, sink.port, untilNothingIsPending)
  const { transactions } = await sink.tally()
  await sink.end("SIGKILL")
  if (transactions !== 1) throw new Error(`${transactions} transactions came to the sink`)
  return taken
}

const pollMs = 10

async function toGateway(
  frame: Buffer,
  sinkPort: number | undefined,
  settled: (gateway: Gateway) => Promise<void>,
): Promise<Taken> {
  const place = openPlace(sinkPort)
  const gateway = await place.start()
  // What status costs the first time is not the message's.
  await gateway.status()
  const taken = await take(gateway, gateway.port, frame, () => settled(gateway))
  await gateway.end("SIGKILL")
  place.remove()
  return taken
}

async function take(
  { pid }: Child,
  port: number,
  frame: Buffer,
  settled: () => Promise<void>,
): Promise<Taken> {
  await Bun.sleep(idleMs)
  const idleMb = residentMb(pid)
  forgetPeak(pid)
  const startedAt = performance.now()
  const answer = await exchange(port, frame)
  const ackMs = performance.now() - startedAt
  if (!answer.includes("\rMSA|AA|LARGE-1")) throw new Error(`the answer was ${answer}`)
  await settled()
  const settledMs = performance.now() - startedAt
  await Bun.sleep(idleMs)
  return { ackMs, idleMb, moreMb: peakMb(pid) - idleMb, settledMs }
}
