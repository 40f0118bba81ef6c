import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import type { Log } from "../src/message.ts"
import { notify, openWatchdog } from "../src/systemd.ts"
import { openNotifySocket } from "./fake/notify-socket.ts"

const root = resolve(import.meta.dir, "..")
const unitFile = join(root, "systemd/waystation.service")
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "waystation-systemd-"))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const quiet: Log = () => {}

describe("telling systemd", () => {
  test("a state arrives as one datagram at the socket that systemd named", () => {
    const NOTIFY_SOCKET = join(folder, "notify")
    const systemd = openNotifySocket(NOTIFY_SOCKET)
    expect(notify("READY=1", { NOTIFY_SOCKET })).toBeUndefined()
    expect(notify("STOPPING=1", { NOTIFY_SOCKET })).toBeUndefined()
    expect(systemd.received()).toEqual(["READY=1", "STOPPING=1"])
    systemd.close()
  })

  test("a socket with an abstract name is reached too", () => {
    const NOTIFY_SOCKET = `@waystation-test-${crypto.randomUUID()}`
    const systemd = openNotifySocket(NOTIFY_SOCKET)
    expect(notify("READY=1", { NOTIFY_SOCKET })).toBeUndefined()
    expect(systemd.received()).toEqual(["READY=1"])
    systemd.close()
  })

  test("without a service manager nothing is sent and nothing is wrong", () => {
    expect(notify("READY=1", {})).toBeUndefined()
    expect(notify("READY=1", { NOTIFY_SOCKET: "" })).toBeUndefined()
  })

  test("a socket that isn't there, or is no socket's name, is a problem to be logged", () => {
    const gone = join(folder, "nobody-listens")
    expect(notify("READY=1", { NOTIFY_SOCKET: gone })).toContain(gone)
    expect(notify("READY=1", { NOTIFY_SOCKET: "vsock:2:1234" })).toContain("vsock:2:1234")
    expect(notify("READY=1", { NOTIFY_SOCKET: `/${"a".repeat(200)}` })).toContain("no Unix socket")
  })
})

describe("the watchdog", () => {
  afterEach(() => {
    jest.useRealTimers()
  })

  /** What systemd heard in so many milliseconds of a watchdog under this environment. */
  function heard(ms: number, environment: Record<string, string>, log: Log = quiet): number {
    jest.useFakeTimers()
    const NOTIFY_SOCKET = `@waystation-test-${crypto.randomUUID()}`
    const systemd = openNotifySocket(NOTIFY_SOCKET)
    const watchdog = openWatchdog(log, { NOTIFY_SOCKET, ...environment })
    jest.advanceTimersByTime(ms)
    watchdog.close()
    jest.advanceTimersByTime(ms)
    const datagrams = systemd.received()
    systemd.close()
    expect(new Set(datagrams).difference(new Set(["WATCHDOG=1"])).size).toBe(0)
    return datagrams.length
  }

  test("is told twice in every interval that the gateway is alive, until it is closed", () => {
    expect(heard(60_000, { WATCHDOG_USEC: "30000000" })).toBe(4)
  })

  test("is left alone where the service sets none, or sets it for another process", () => {
    expect(heard(60_000, {})).toBe(0)
    expect(heard(60_000, { WATCHDOG_USEC: "0" })).toBe(0)
    expect(heard(60_000, { WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" })).toBe(0)
    const ours = { WATCHDOG_USEC: "30000000", WATCHDOG_PID: String(process.pid) }
    expect(heard(60_000, ours)).toBe(4)
  })

  test("that can't be reached is written to the log", () => {
    const events: string[] = []
    const log: Log = (event) => void events.push(event)
    heard(15_000, { WATCHDOG_USEC: "30000000", NOTIFY_SOCKET: join(folder, "gone") }, log)
    expect(events).toEqual(["watchdog-unheard"])
  })
})

describe("the service's unit", () => {
  const unit = readFileSync(unitFile, "utf8")
  const settings = unit.split("\n").filter((line) => /^\w+=/.test(line))

  // systemd-analyze comes with systemd, which a container or another system may lack.
  test.skipIf(Bun.which("systemd-analyze") === null)(
    "holds nothing that systemd doesn't understand",
    () => {
      // It also looks for the program, which lies elsewhere on a box.
      const copy = join(folder, "waystation.service")
      writeFileSync(copy, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`))
      // It returns 0 on keys it doesn't know, and says so: silence is the only good answer.
      const { stdout, stderr } = Bun.spawnSync(["systemd-analyze", "verify", "--man=no", copy])
      expect(`${stdout}${stderr}`).toBe("")
    },
  )

  test("tells systemd when it is ready and that it is alive, and is always started again", () => {
    expect(settings).toContain("Type=notify")
    expect(settings).toContain("NotifyAccess=main")
    expect(settings).toContain("Restart=always")
    expect(settings).toContain("StartLimitIntervalSec=0")
    expect(unit).toMatch(/^WatchdogSec=\d+s$/m)
  })

  test("runs as a user of its own that can write nothing but its journal", () => {
    expect(settings).toContain("DynamicUser=yes")
    expect(settings).toContain("StateDirectory=waystation")
    expect(settings).toContain("ProtectSystem=strict")
    expect(settings.join("\n")).not.toContain("ReadWritePaths")
  })

  test("leaves the runtime what it needs, and nothing that would change what it runs", () => {
    expect(settings).toContain("UnsetEnvironment=BUN_OPTIONS BUN_BE_BUN")
    expect(settings.join("\n")).not.toMatch(/^(?:MemoryDenyWriteExecute|LimitAS)=/m)
    expect(settings.join("\n")).toMatch(/^RestrictAddressFamilies=.*\bAF_UNIX\b/m)
  })
})
