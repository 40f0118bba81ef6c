import { describe, expect, test } from "bun:test"
import { existsSync, rmSync } from "node:fs"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { dirname, join } from "node:path"
import { openAdrift } from "../../scripts/bench/adrift.ts"
import { putLoad } from "../../scripts/bench/load.ts"
import { digits, frameOf } from "../../scripts/bench/message.ts"
import { buildShim } from "../../scripts/bench/shim.ts"
import { temporaryFolder } from "../build.ts"

/** A listener that does this with each message, given its MSH-10. */
async function openListener(
  take: (socket: Socket, controlId: string) => void,
): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    socket.on("data", (frame) => take(socket, frame.toString("latin1").split("|")[9] ?? ""))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

function answer(code: string, controlId: string): string {
  return `\x0bMSH|^~\\&|A\rMSA|${code}|${controlId}\r\x1c\r`
}

function load(port: number) {
  return putLoad({ port, connections: 4, first: 7, warmUpMs: 0, durationMs: 60_000, messages: 40 })
}

describe("the benchmark's load", () => {
  test("is made of messages of 751 bytes, each with an id of its own", () => {
    const [first, second] = [frameOf(1), frameOf(1001)]
    expect(first.length).toBe(751 + "\x0b\x1c\r".length)
    expect(second.length).toBe(first.length)
    expect(first.toString()).toContain(`|${digits(1)}|P|`)
    expect(second.toString()).toContain(`|${digits(1001)}|P|`)
    expect(second.toString()).toContain(`PID|1||${digits(1)}^`)
  })

  test("counts each message once when it is acknowledged", async () => {
    const { server, port } = await openListener((socket, id) => socket.write(answer("AA", id)))
    expect((await load(port)).ackedInAll).toBe(40)
    server.close()
  })

  test("reads an acknowledgement that comes in pieces", async () => {
    const { server, port } = await openListener((socket, id) => {
      const whole = answer("AA", id)
      socket.setNoDelay(true)
      socket.write(whole.slice(0, 30))
      setImmediate(() => socket.write(whole.slice(30)))
    })
    expect((await load(port)).ackedInAll).toBe(40)
    server.close()
  })

  test.each<[string, (id: string) => string]>([
    ["a refusal", (id) => answer("AE", id)],
    ["an answer to another message", (id) => answer("AA", `9${id.slice(1)}`)],
    ["an answer to a message of a longer id", (id) => answer("AA", `${id}0`)],
    ["an answer to no message", () => answer("AA", "")],
    ["two answers at once", (id) => answer("AA", id) + answer("AA", id)],
  ])("takes %s for no acknowledgement", async (_what, wrong) => {
    const { server, port } = await openListener((socket, id) => socket.write(wrong(id)))
    await expect(load(port)).rejects.toThrow("40 answers were no AA")
    server.close()
  })

  test("is not measured when the listener hangs up", async () => {
    const { server, port } = await openListener((socket) => socket.end())
    await expect(load(port)).rejects.toThrow("the listener hung up")
    server.close()
  })
})

describe("what the benchmark is asked for", () => {
  const script = join(import.meta.dir, "../../scripts/bench.ts")
  const ask = (...words: string[]) => {
    const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, script, ...words])
    return { exitCode, said: `${stdout}${stderr}` }
  }

  test("is listed by --help", () => {
    const { exitCode, said } = ask("--help")
    expect(exitCode).toBe(0)
    for (const word of ["--only", "--quick", "acknowledging", "draining", "starting"]) {
      expect(said).toContain(word)
    }
  })

  test.each([
    [["--only", "starting,nonsense"], "there is no nonsense"],
    [["--fast"], "--fast"],
  ])("is refused before anything is measured: %p", (words, reason) => {
    const { exitCode, said } = ask(...words)
    expect(exitCode).toBe(2)
    expect(said).toContain(reason)
  })
})

describe("the disk made slow", () => {
  const timing = (call: string) =>
    `const { ${call}, openSync } = require("node:fs"); const file = openSync(process.argv[1], "w");
     const at = performance.now(); ${call}(file); console.log(performance.now() - at)`

  // A machine without a C compiler has no slow disk either, and the benchmark says so.
  test.skipIf(Bun.which("cc") === null).each(["fsyncSync", "fdatasyncSync"])(
    "takes the time it is told over %s",
    (call) => {
      const shim = buildShim(temporaryFolder(), "slow-fsync")
      if ("problem" in shim) throw new Error(shim.problem)
      const took = (env: Record<string, string>) => {
        const command = [process.execPath, "-e", timing(call), join(dirname(shim.file), "file")]
        return Number(Bun.spawnSync(command, { env: { ...process.env, ...env } }).stdout)
      }
      const slowed = took({ LD_PRELOAD: shim.file, SLOW_FSYNC_MS: "500" })
      expect(slowed).toBeGreaterThan(500)
      expect(took({ LD_PRELOAD: shim.file })).toBeLessThan(slowed)
    },
  )
})

describe("a world adrift", () => {
  const asking = `const { lookup } = require("node:dns/promises")
    const found = await lookup("central.test").catch(({ code }) => ({ address: code }))
    const from = performance.now()
    await Bun.sleep(50)
    console.log(JSON.stringify({ at: Date.now(), took: performance.now() - from, ...found }))`

  // Clock and names are set adrift by a shim, too.
  test.skipIf(Bun.which("cc") === null).each<[number, boolean, string]>([
    [0, true, "127.0.0.1"],
    [90, true, "127.0.0.1"],
    [-3650, false, "ENOTFOUND|EAI_AGAIN|DNS_ETIMEOUT"],
  ])("has a clock that is %p days off, and names: %p", (days, there, address) => {
    const folder = temporaryFolder()
    const shim = buildShim(folder, "adrift")
    if ("problem" in shim) throw new Error(shim.problem)
    const world = openAdrift(folder, shim.file)
    world.clock(days * 86_400_000)
    world.names(there)
    const env = { ...process.env, ...world.variables }
    const { stdout } = Bun.spawnSync([process.execPath, "-e", asking], { env })
    const seen = JSON.parse(stdout.toString())
    expect(Math.abs(seen.at - Date.now() - days * 86_400_000)).toBeLessThan(60_000)
    expect(seen.address).toMatch(new RegExp(`^(?:${address})$`))
    expect(seen.took).toBeLessThan(10_000)
  })
})

describe("a benchmark that is killed", () => {
  const folder = join(import.meta.dir, "../../scripts/bench")
  /** Runs this in a process that has the benchmark's tools, and resolves with what it says. */
  const run = async (script: string) => {
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" })
    const { value } = await child.stdout.getReader().read()
    return { child, said: new TextDecoder().decode(value).trim() }
  }
  const kill = async (child: Bun.Subprocess) => {
    child.kill("SIGKILL")
    await child.exited
  }

  // Where there is no setpriv, only a benchmark that is told to end takes its processes along.
  test.skipIf(Bun.which("setpriv") === null)("takes what it started along", async () => {
    const { child, said } = await run(
      `const { startSink } = await import("${folder}/sink.ts")
       const { port, pid } = await startSink()
       console.log(JSON.stringify({ port, pid })); await Bun.sleep(60_000)`,
    )
    const { port, pid } = JSON.parse(said)
    const tally = () => fetch(`http://127.0.0.1:${port}/tally`)
    expect((await tally()).status).toBe(200)
    await kill(child)
    const isThere = () => tally().then(Boolean, () => false)
    const giveUpAt = performance.now() + 5_000
    while ((await isThere()) && performance.now() < giveUpAt) await Bun.sleep(5)
    const left = await isThere()
    if (left) process.kill(pid)
    expect(left).toBe(false)
  })

  test("leaves a folder, which the next one clears away", async () => {
    const opening = `const { openFolder } = await import("${folder}/disk.ts")
                     console.log(openFolder()); await Bun.sleep(60_000)`
    const [first, running] = await Promise.all([run(opening), run(opening)])
    await kill(first.child)
    expect(existsSync(first.said)).toBe(true)
    const next = await run(opening)
    expect([first, running, next].map(({ said }) => existsSync(said))).toEqual([false, true, true])
    await Promise.all([kill(running.child), kill(next.child)])
    for (const { said } of [running, next]) rmSync(said, { recursive: true })
  })
})
