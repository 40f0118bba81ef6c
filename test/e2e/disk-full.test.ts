import { describe, expect, test } from "bun:test"
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { oru, temporaryFolder } from "../build.ts"
import { openCentral } from "../fake/central.ts"
import { type Answer, openSender, type Sender } from "../fake/sender.ts"
import { configuration, start } from "./binary.ts"

const mounts = Bun.spawnSync(["unshare", "--mount", "true"]).success
const reason = mounts ? "" : " (skipped: this machine lets nobody mount a file system)"

/** Sends messages of about this size until one is refused; gives their number and its answer. */
async function fill(sender: Sender, size: number): Promise<{ taken: number; refusal: Answer }> {
  for (let taken = 0; ; taken++) {
    const controlId = `N${size}-${taken}`
    const note = Buffer.from(`NTE|1||${"x".repeat(size)}\r`)
    const message = Buffer.concat([oru({ controlId, filler: controlId }), note])
    const answer = await sender.send(message)
    expect(answer.about).toBe(controlId)
    if (answer.code !== "AA") return { taken, refusal: answer }
  }
}

/** A gateway whose data folder is a file system of 4 MiB, in a mount namespace of its own. */
async function onSmallDisk() {
  const central = await openCentral()
  await central.down()
  const folder = temporaryFolder()
  const small = join(folder, "small")
  mkdirSync(small)
  const script = `mount -t tmpfs -o size=4m tmpfs ${small} && exec "$@"`
  const wrapper = ["unshare", "--mount", "sh", "-c", script, "sh"]
  const config = configuration(central.url)
  const gateway = await start(folder, { config, args: ["--data", small], wrapper })
  const sender = await openSender(gateway.port)
  // The mount is the process's own; this is where others see it.
  const other = join(`/proc/${gateway.pid}/root`, small, "somebody-elses-file")
  const happened = (event: string) => gateway.events.some((one) => one.event === event)
  return { central, gateway, sender, other, happened }
}

describe("a full disk", () => {
  // A file system of the test's own needs a mount namespace; containers may forbid that.
  test.skipIf(!mounts)(
    `refuses messages, delivers, and takes them again by itself${reason}`,
    async () => {
      const { central, gateway, sender, other, happened } = await onSmallDisk()
      await Bun.write(other, Buffer.alloc(1_000_000))
      const large = await fill(sender, 100_000)
      const last = await fill(sender, 1)
      expect(large.taken).toBeGreaterThan(3)
      expect(last.refusal).toMatchObject({ code: "AR", error: "207" })
      expect(happened("disk-refuses")).toBe(true)
      expect((await fetch(`${gateway.admin}/healthz`)).status).toBe(200)
      const ready = await fetch(`${gateway.admin}/readyz`)
      expect(ready.status).toBe(503)
      expect(await ready.text()).toContain("MiB left")
      expect((await gateway.status()).refusing).toContain("MiB left")

      const taken = large.taken + last.taken
      await central.up()
      await gateway.until(({ destinations }) => destinations.central?.delivered === taken)

      rmSync(other)
      await gateway.until(({ refusing }) => refusing === undefined)
      expect(happened("disk-accepts-again")).toBe(true)
      expect((await sender.send(oru({ controlId: "after", filler: "after" }))).code).toBe("AA")
      await gateway.until(({ destinations }) => destinations.central?.delivered === taken + 1)
      expect(central.count("DiagnosticReport")).toBe(taken + 1)
      sender.close()
      expect(await gateway.stop()).toBe(0)
      await central.close()
    },
    60_000,
  )

  // Needs a file system of its own, too.
  test.skipIf(!mounts)(
    `that others fill up keeps nothing from being delivered${reason}`,
    async () => {
      const { central, gateway, sender, other } = await onSmallDisk()
      const { taken } = await fill(sender, 20_000)
      fillUp(other)
      await central.up()
      await gateway.until(({ destinations }) => destinations.central?.delivered === taken)
      expect(central.count("DiagnosticReport")).toBe(taken)
      expect(gateway.events.filter(({ event }) => event === "settling-waits-for-disk")).toEqual([])
      sender.close()
      expect(await gateway.stop()).toBe(0)
      await central.close()
    },
    60_000,
  )
})

/** Writes until there is no byte left. */
function fillUp(path: string): void {
  const file = openSync(path, "w")
  for (const size of [65_536, 4_096, 1]) {
    try {
      while (writeSync(file, Buffer.alloc(size)) > 0);
    } catch {
      // No room for so much.
    }
  }
  closeSync(file)
}
