import { describe, expect, test } from "bun:test"
import { oru, temporaryFolder } from "../build.ts"
import { type Central, type Fault, openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { configuration, type Running, start } from "./binary.ts"

/** One result, acknowledged while central fails so, and what the gateway then says. */
async function sendUnder(fault: Fault): Promise<{ central: Central; gateway: Running }> {
  const central = await openCentral()
  central.fault = fault
  const gateway = await start(temporaryFolder(), { config: configuration(central.url) })
  const sender = await openSender(gateway.port)
  const asked = central.asked()
  expect((await sender.send(oru())).code).toBe("AA")
  sender.close()
  await asked
  return { central, gateway }
}

async function end({ central, gateway }: { central: Central; gateway: Running }): Promise<void> {
  expect(await gateway.stop()).toBe(0)
  await central.close()
}

describe("a result acknowledged while central", () => {
  const faults: [string, Fault][] = [
    ["answers 500", { status: 500 }],
    ["answers with the page of a proxy", "html"],
    ["answers with half of its JSON", "invalid JSON"],
    ["answers with nothing", "empty"],
    ["cuts the connection", "reset"],
    ["does what it was asked and cuts the connection before it says so", "lost answer"],
  ]
  test.each(faults)("%s stays owed, and arrives once when central is well", async (_how, fault) => {
    const { central, gateway } = await sendUnder(fault)
    await gateway.until(({ destinations }) => destinations.central?.pending === 1)
    central.fault = "none"
    await gateway.until(({ destinations }) => destinations.central?.delivered === 1)
    expect(central.count("Observation")).toBe(1)
    await end({ central, gateway })
  })

  test("refuses it is held with what central said, and the next one passes", async () => {
    const diagnostics = "Observation.code is not in our catalogue"
    const body = JSON.stringify({
      resourceType: "OperationOutcome",
      issue: [{ severity: "error", code: "invalid", diagnostics }],
    })
    const { central, gateway } = await sendUnder({ status: 422, body })
    await gateway.until(({ destinations }) => destinations.central?.held === 1)
    const held = gateway.events.find(({ event }) => event === "held")
    expect(held).toMatchObject({ destination: "central", message: 1, reason: "answered 422" })
    expect(JSON.stringify(gateway.events)).not.toContain(diagnostics)
    central.fault = "none"
    const sender = await openSender(gateway.port)
    await sender.send(oru({ controlId: "C2", value: "6.1" }))
    sender.close()
    await gateway.until(({ destinations }) => destinations.central?.delivered === 1)
    await end({ central, gateway })
  })

  test("does not know us stays owed, and the destination is paused and says why", async () => {
    const { central, gateway } = await sendUnder({ status: 401 })
    const { destinations } = await gateway.until(
      (status) => status.destinations.central?.state === "paused",
    )
    expect(destinations.central).toMatchObject({ pending: 1, held: 0 })
    expect(destinations.central?.reason).toContain("401")
    expect(gateway.events.map(({ event }) => event)).toContain("destination-paused")
    await end({ central, gateway })
  })
})

test("the log says once that central went down and once that it came back", async () => {
  const { central, gateway } = await sendUnder({ status: 503 })
  const sender = await openSender(gateway.port)
  for (let patient = 1; patient <= 8; patient++) {
    await sender.send(oru({ controlId: `N${patient}`, patient: `N-${patient}` }))
  }
  sender.close()
  await gateway.until((status) => status.destinations.central?.state === "down")
  central.fault = "none"
  await gateway.until((status) => status.destinations.central?.delivered === 9)
  const said = gateway.events.map(({ event }) => String(event))
  expect(said.filter((event) => /^destination-(up|down)/.test(event))).toEqual([
    "destination-down",
    "destination-up",
  ])
  await end({ central, gateway })
})
