import { describe, expect, test } from "bun:test"
import { oru, temporaryFolder } from "../build.ts"
import { type Central, openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { binary, configuration, type Running, start } from "./binary.ts"

const diagnostics = "code 718-7 is not in our catalogue"
const refusal = {
  status: 422,
  body: JSON.stringify({
    resourceType: "OperationOutcome",
    issue: [{ severity: "error", code: "invalid", diagnostics }],
  }),
}

/** A clinic's box, and what a person does at its terminal. */
interface Clinic {
  folder: string
  central: Central
  gateway: Running
}

async function clinic(): Promise<Clinic> {
  const [folder, central] = [temporaryFolder(), await openCentral()]
  const gateway = await start(folder, { config: configuration(central.url) })
  return { folder, central, gateway }
}

/** Types `waystation …` on a terminal of 80 columns; resolves with what it printed. */
async function type({ folder, gateway }: Clinic, ...args: string[]): Promise<string> {
  const child = Bun.spawn([binary(), ...args, "--url", gateway.admin], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const [printed, said] = await Promise.all([child.stdout.text(), child.stderr.text()])
  expect([await child.exited, said]).toEqual([0, ""])
  if (args.includes("--raw")) return printed
  for (const line of printed.split("\n")) expect(line.length).toBeLessThanOrEqual(80)
  return printed
}

async function send({ gateway }: Clinic, ...patients: string[]): Promise<void> {
  const sender = await openSender(gateway.port)
  for (const patient of patients) {
    expect((await sender.send(oru({ controlId: `C-${patient}`, patient }))).code).toBe("AA")
  }
  sender.close()
}

async function end({ gateway, central }: Clinic): Promise<void> {
  expect(await gateway.stop()).toBe(0)
  await central.close()
}

const count = (state: "held" | "pending" | "delivered" | "discarded", many: number) => {
  return ({ destinations }: Awaited<ReturnType<Running["status"]>>) =>
    destinations.central?.[state] === many
}

describe("a person at the terminal", () => {
  test("sees why central refused results, and sends them again once it is mended", async () => {
    const box = await clinic()
    box.central.fault = refusal
    await send(box, "P-1", "P-2", "P-3")
    await box.gateway.until(count("held", 3))
    expect(await type(box, "status")).toMatch(/ 3 {2}central +\d{4}-.+ answered 422\n/)
    const held = await type(box, "messages", "--state", "held")
    expect(held).toMatch(/ 3 .+ lab +ORU\^R01 +central held \(3\)\n.* 2 .+\n.* 1 .+\n$/)
    const one = await type(box, "messages", "1")
    expect(one).toContain("Delivery 1 to central: held since ")
    expect(one).toContain(diagnostics)
    expect(one).not.toContain("JANE")
    expect(await type(box, "messages", "--control-id", "C-P-2")).toContain("central held (2)")
    expect(await type(box, "messages", "--patient", "P-2^^^CLINIC")).toContain("held (2)")
    expect(await type(box, "messages", "2", "--raw")).toBe(
      oru({ controlId: "C-P-2", patient: "P-2" }).toString(),
    )

    const because = "a test patient"
    expect(await type(box, "discard", "3", "--because", because)).toBe("1 delivery discarded\n")
    expect(await type(box, "messages", "3")).toContain(`discarded central by admin: ${because}`)
    box.central.fault = "none"
    const replayed = await type(box, "replay", "--reason", "answered 422")
    expect(replayed).toBe("2 deliveries to send again\n")
    await box.gateway.until(count("delivered", 2))
    expect(box.central.count("Observation")).toBe(2)
    expect(JSON.parse(await type(box, "status", "--json"))).toMatchObject({
      destinations: { central: { state: "up", held: 0, delivered: 2, discarded: 1 } },
      held: [],
    })
    expect(JSON.stringify(box.gateway.events)).not.toContain(because)
    await end(box)
  })

  test("pauses a destination, which stays so over a restart until it is resumed", async () => {
    const box = await clinic()
    expect(await type(box, "pause", "central", "--reason", "the centre moves")).toContain("paused")
    await send(box, "P-1")
    await box.gateway.until(count("pending", 1))
    await box.gateway.stop()
    box.gateway = await start(box.folder, { config: configuration(box.central.url) })
    const { destinations } = await box.gateway.status()
    expect(destinations.central).toMatchObject({ state: "paused", by: "admin", pending: 1 })
    expect(await type(box, "status")).toContain("  by admin: the centre moves\n")
    expect(await type(box, "messages", "1")).toContain("  its destination is paused")
    expect(box.central.requests.filter(({ method }) => method === "POST")).toEqual([])
    expect(await type(box, "resume", "central")).toContain("central goes on")
    await box.gateway.until(count("delivered", 1))
    await box.gateway.stop()
    box.gateway = await start(box.folder, { config: configuration(box.central.url) })
    expect((await box.gateway.status()).destinations.central?.state).toBe("up")
    await end(box)
  })

  test("is offered what was held once its destination is set otherwise", async () => {
    const box = await clinic()
    box.central.fault = refusal
    await send(box, "P-1")
    await box.gateway.until(count("held", 1))
    const offer = "waystation replay --cause-gone --destination central"
    expect(await type(box, "status")).not.toContain(offer)
    await box.gateway.stop()
    box.central.fault = "none"
    const config = configuration(box.central.url).replace('timeout = "5s"', 'timeout = "6s"')
    box.gateway = await start(box.folder, { config })
    expect(await type(box, "status")).toContain(`1 was held by what has changed since:\n  ${offer}`)
    const done = await type(box, "replay", "--cause-gone", "--destination", "central")
    expect(done).toBe("1 delivery to send again\n")
    await box.gateway.until(count("delivered", 1))
    await end(box)
  })
})
