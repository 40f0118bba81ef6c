import { expect, test } from "bun:test"
import { mkdirSync, rmSync } from "node:fs"
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

// A file system of 8 MiB of the test's own needs a mount namespace; containers may forbid that.
test.skipIf(!mounts)(
  `a full disk refuses messages and takes them again when there is space${reason}`,
  async () => {
    const central = await openCentral()
    await central.down()
    const folder = temporaryFolder()
    const small = join(folder, "small")
    mkdirSync(small)
    const script = `mount -t tmpfs -o size=8m tmpfs ${small} && exec "$@"`
    const wrapper = ["unshare", "--mount", "sh", "-c", script, "sh"]
    const config = configuration(central.url)
    const gateway = await start(folder, { config, args: ["--data", small], wrapper })
    // The mount is the process's own; this is where others see it.
    const other = join(`/proc/${gateway.pid}/root`, small, "somebody-elses-file")
    await Bun.write(other, Buffer.alloc(4_000_000))

    const sender = await openSender(gateway.port)
    const large = await fill(sender, 200_000)
    const last = await fill(sender, 1)
    expect(large.taken).toBeGreaterThan(3)
    expect(last.refusal).toMatchObject({ code: "AR", error: "207" })
    expect(gateway.events.map(({ event }) => event)).toContain("disk-refuses")
    expect((await fetch(`${gateway.admin}/healthz`)).status).toBe(200)

    rmSync(other)
    expect((await sender.send(oru({ controlId: "after", filler: "after" }))).code).toBe("AA")
    const acknowledged = large.taken + last.taken + 1
    await central.up()
    await gateway.until(({ destinations }) => destinations.central?.delivered === acknowledged)
    expect(central.count("DiagnosticReport")).toBe(acknowledged)
    sender.close()
    expect(await gateway.stop()).toBe(0)
    await central.close()
  },
  60_000,
)
