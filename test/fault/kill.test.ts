import { expect, test } from "bun:test"
import type { Bundle, DiagnosticReport } from "fhir/r4"
import { oru, temporaryFolder } from "../build.ts"
import { configuration, type Running, start } from "../e2e/binary.ts"
import { type Central, openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"

const rounds = 20
const connections = 8
/** A round's load lasts up to this long before the process is killed. */
const roundMsMax = 400

/** Sends results, each of its own number, on one connection until it breaks. */
async function load(port: number, sent: Set<string>, acknowledged: Set<string>): Promise<void> {
  const sender = await openSender(port)
  try {
    for (;;) {
      const number = `N${sent.size + 1}`
      sent.add(number)
      const message = oru({ controlId: number, filler: number, patient: `P-${sent.size % 40}` })
      const { code, about } = await sender.send(message)
      expect([code, about]).toEqual(["AA", number])
      acknowledged.add(number)
    }
  } catch (error) {
    if ((error as Error).message.includes("expect")) throw error
  } finally {
    sender.close()
  }
}

/** The numbers of the results that central holds, in the order it lists them. */
async function arrived(central: Central): Promise<string[]> {
  const numbers: string[] = []
  let url: string | undefined = `${central.url}/DiagnosticReport?_count=1000`
  while (url !== undefined) {
    const page = (await (await fetch(url)).json()) as Bundle<DiagnosticReport>
    for (const { resource } of page.entry ?? []) {
      const filler = resource?.identifier?.find(({ value }) => value?.startsWith("N"))
      numbers.push(filler?.value ?? "no number")
    }
    url = page.link?.find(({ relation }) => relation === "next")?.url
  }
  return numbers
}

test(`what was acknowledged before any of ${rounds} kills arrives, and nothing twice`, async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  const sent = new Set<string>()
  const acknowledged = new Set<string>()
  let gateway: Running | undefined
  for (let round = 0; round < rounds; round++) {
    gateway = await start(folder, { config: configuration(central.url) })
    const { port } = gateway
    const loads = Array.from({ length: connections }, () => load(port, sent, acknowledged))
    await Bun.sleep(Math.random() * roundMsMax)
    expect(await gateway.stop("SIGKILL")).toBe("SIGKILL")
    await Promise.all(loads)
  }
  gateway = await start(folder, { config: configuration(central.url) })
  const { destinations } = await gateway.until(
    ({ destinations, journal }) => destinations.central?.pending === 0 && journal.unfollowed === 0,
  )
  expect(await gateway.stop()).toBe(0)
  const numbers = await arrived(central)
  console.log(`${sent.size} sent, ${acknowledged.size} acknowledged, ${numbers.length} arrived`)
  expect(destinations.central?.held).toBe(0)
  expect(acknowledged.size).toBeGreaterThan(rounds * connections)
  expect([...acknowledged].filter((number) => !numbers.includes(number))).toEqual([])
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(central.count("Observation")).toBe(numbers.length)
  expect(central.count("Provenance")).toBe(numbers.length)
  expect(central.count("Patient")).toBe(40)
  await central.close()
}, 120_000)
