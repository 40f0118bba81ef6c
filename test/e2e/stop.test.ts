import { expect, test } from "bun:test"
import { oru, temporaryFolder } from "../build.ts"
import { openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { configuration, start } from "./binary.ts"

test("told to stop, it lets the delivery in flight finish and ends well", async () => {
  const central = await openCentral()
  let answer = () => {}
  central.fault = { until: new Promise<void>((resolve) => (answer = resolve)) }
  const folder = temporaryFolder()
  const gateway = await start(folder, { config: configuration(central.url) })
  const sender = await openSender(gateway.port)
  const asked = central.asked()
  await sender.send(oru())
  await asked
  const stopped = gateway.stop("SIGTERM")
  await Bun.sleep(300)
  answer()
  expect(await stopped).toBe(0)
  sender.close()
  expect(central.requests.filter(({ method }) => method === "POST").length).toBe(1)

  central.fault = "none"
  const again = await start(folder, { config: configuration(central.url) })
  const { destinations } = await again.status()
  expect(destinations.central).toMatchObject({ pending: 0, delivered: 1 })
  await again.stop()
  await central.close()
})

test("told to stop while central hangs, it waits ten seconds and keeps what is owed", async () => {
  const central = await openCentral()
  central.fault = "hang"
  const folder = temporaryFolder()
  const patient = configuration(central.url).replace('timeout = "5s"', 'timeout = "60s"')
  const gateway = await start(folder, { config: patient })
  const sender = await openSender(gateway.port)
  const asked = central.asked()
  await sender.send(oru())
  await asked
  const startedAt = performance.now()
  expect(await gateway.stop("SIGTERM")).toBe(0)
  const seconds = (performance.now() - startedAt) / 1000
  expect(seconds).toBeGreaterThan(9)
  expect(seconds).toBeLessThan(15)
  sender.close()

  central.fault = "none"
  const again = await start(folder, { config: patient })
  await again.until((status) => status.destinations.central?.delivered === 1)
  expect(central.count("Observation")).toBe(1)
  await again.stop()
  await central.close()
}, 40_000)

test("told to stop under load, every message it acknowledged is delivered in the end", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  const gateway = await start(folder, { config: configuration(central.url) })
  let acknowledged = 0
  let sent = 0
  const load = async () => {
    const sender = await openSender(gateway.port)
    try {
      for (;;) {
        sent++
        const { code } = await sender.send(oru({ controlId: `N${sent}`, filler: `N${sent}` }))
        if (code === "AA") acknowledged++
      }
    } catch {
      sender.close()
    }
  }
  const loads = Array.from({ length: 8 }, load)
  await Bun.sleep(200)
  expect(await gateway.stop("SIGTERM")).toBe(0)
  await Promise.all(loads)
  expect(acknowledged).toBeGreaterThan(0)

  const again = await start(folder, { config: configuration(central.url) })
  const { destinations } = await again.until(
    ({ destinations, journal }) => destinations.central?.pending === 0 && journal.unfollowed === 0,
  )
  // Stopping answers all that was read, so nothing is stored that nobody was told of.
  expect(destinations.central?.delivered).toBe(acknowledged)
  expect(central.count("DiagnosticReport")).toBe(acknowledged)
  await again.stop()
  await central.close()
}, 40_000)
