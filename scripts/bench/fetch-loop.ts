/**
 * What a FHIR server takes from a bare loop that does nothing but fetch: as many requests at once
 * as a destination makes, with the Bundles that our map makes of the benchmark's messages, made
 * beforehand. Takes `{port, transactions}` as JSON; prints `{"perSecond":N}`.
 */
import { mapMessage, maps } from "../../src/map/index.ts"
import { frameOf } from "./message.ts"

const concurrency = 8
/** So many different Bundles go round. */
const bundles = 2_000

const { port, transactions } = JSON.parse(process.argv[2] ?? "{}")
const bodies = Array.from({ length: bundles }, (_, number) => bodyOf(number))
const headers = { "content-type": "application/fhir+json", prefer: "return=minimal" }
let next = 0
const startedAt = performance.now()
await Promise.all(Array.from({ length: concurrency }, send))
console.log(JSON.stringify({ perSecond: (transactions / (performance.now() - startedAt)) * 1000 }))

async function send(): Promise<void> {
  for (let number = next++; number < transactions; number = next++) {
    const body = bodies[number % bundles] ?? ""
    const key = { "idempotency-key": `bare-${number}` }
    const request = { method: "POST", headers: { ...headers, ...key }, body }
    const answer = await fetch(`http://127.0.0.1:${port}/fhir`, request)
    await answer.json()
  }
}

function bodyOf(number: number): string {
  const bytes = frameOf(number).subarray(1, -2)
  const message = { id: number + 1, source: "lab", peer: "", receivedAt: 0, type: "ORU^R01", bytes }
  const site = { id: "bench", timezone: "UTC" }
  const mapped = mapMessage(maps, message, { site, source: {}, known: [] })
  if ("problem" in mapped) throw new Error(mapped.problem)
  return JSON.stringify(mapped.bundle)
}
