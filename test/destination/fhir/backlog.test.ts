import { expect, test } from "bun:test"
import type { Bundle, Observation } from "fhir/r4"
import { openGateway } from "../../../src/gateway.ts"
import { oru, temporaryFolder } from "../../build.ts"
import { openMllpSender } from "../../fake/mllp-sender.ts"

/** A centre that is down until `up`, and refuses every transaction that has the word in it. */
function openCentre(refused: string) {
  const taken: Bundle[] = []
  let up = false
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    async fetch(request) {
      if (request.method === "GET") return new Response("", { status: 404 })
      if (!up) return new Response("", { status: 503 })
      const text = await request.text()
      if (text.includes(refused)) return new Response("", { status: 422 })
      const bundle = JSON.parse(text) as Bundle
      taken.push(bundle)
      const entry = bundle.entry?.map(() => ({ response: { status: "200 OK" } }))
      return Response.json({ resourceType: "Bundle", type: "transaction-response", entry })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/fhir`,
    taken,
    comeUp: () => {
      up = true
    },
    close: () => server.stop(true),
  }
}

test("a backlog leaves in few transactions, each patient's in order, and one is held", async () => {
  const centre = openCentre("9999999")
  const gateway = await openGateway(
    {
      site: { id: "kisumu-01", timezone: "Africa/Nairobi" },
      admin: { port: 0 },
      source: { lab: { kind: "mllp", host: "127.0.0.1", port: 0 } },
      destination: {
        central: { kind: "fhir", url: centre.url, batchMax: 8, concurrency: 8, retryMax: "1s" },
      },
      route: [{ from: ["lab"], to: ["central"] }],
    },
    { data: temporaryFolder(), log() {} },
  )
  const sender = await openMllpSender(gateway.sources.lab ?? "")
  for (let i = 0; i < 60; i++) {
    const value = i === 30 ? "9999999" : String(i)
    sender.send(oru({ controlId: `C${i}`, patient: `P-${i % 20}`, filler: `F-${i}`, value }))
    expect(await sender.answer()).toBe(`AA C${i}`)
  }
  sender.finish()
  centre.comeUp()
  const counts = async () => (await gateway.status()).destinations.central
  while ((await counts())?.pending !== 0) await Bun.sleep(20)
  expect(await counts()).toMatchObject({ delivered: 59, held: 1 })
  expect(centre.taken.length).toBeLessThan(40)
  const values = centre.taken
    .flatMap(({ entry = [] }) => entry.map(({ resource }) => resource as Observation))
    .flatMap(({ valueQuantity }) => valueQuantity?.value ?? [])
  for (let patient = 0; patient < 20; patient++) {
    const expected = [patient, patient + 20, patient + 40].filter((value) => value !== 30)
    expect(values.filter((value) => value % 20 === patient)).toEqual(expected)
  }
  await gateway.close()
  await centre.close()
})
