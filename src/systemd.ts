import { dlopen } from "bun:ffi"
import type { Log } from "./message.ts"

/** What systemd understands of us, each for one moment of the gateway's life (sd_notify(3)). */
export type ServiceState = "READY=1" | "STOPPING=1" | "WATCHDOG=1"

type Environment = Record<string, string | undefined>

const addressFamilyUnix = 1 // AF_UNIX
const datagram = 2 | 0o2000000 // SOCK_DGRAM | SOCK_CLOEXEC
const noSignal = 0x4000 // MSG_NOSIGNAL
/** sun_path, unix(7); a path in it ends with a NUL. */
const pathBytesMax = 108

/**
 * Tells systemd a state, by a datagram to the socket it named in NOTIFY_SOCKET. Does nothing where
 * it named none, and then touches no foreign function either. `node:dgram` has no Unix datagrams.
 *
 * Returns the sentence for the log when it couldn't be said, undefined otherwise.
 */
export function notify(
  state: ServiceState,
  environment: Environment = process.env,
): string | undefined {
  const socketName = environment.NOTIFY_SOCKET ?? ""
  if (socketName === "") return undefined
  const address = socketAddress(socketName)
  if (address === undefined) return `NOTIFY_SOCKET is no Unix socket's name: ${socketName}`
  try {
    return send(Buffer.from(state), address) ? undefined : `${socketName} took no ${state}`
  } catch (error) {
    return `libc gives no sockets: ${error}`
  }
}

/**
 * Reports to systemd that the event loop still turns, twice in every WatchdogSec: a process that
 * hangs falls silent and is started anew. Does nothing where no watchdog is set for this process.
 */
export function openWatchdog(log: Log, environment: Environment = process.env): { close(): void } {
  const timeoutUs = Number(environment.WATCHDOG_USEC ?? 0)
  const forUs = (environment.WATCHDOG_PID ?? String(process.pid)) === String(process.pid)
  if (!(timeoutUs > 0) || !forUs) return { close() {} }
  const timer = setInterval(() => {
    const problem = notify("WATCHDOG=1", environment)
    if (problem !== undefined) log("watchdog-unheard", { problem })
  }, timeoutUs / 2000)
  // The watchdog watches the process; it must not be what keeps it from ending.
  timer.unref()
  return { close: () => clearInterval(timer) }
}

/** A sockaddr_un: the family, then a path with its NUL, or for `@name` a NUL and the name. */
function socketAddress(name: string): Buffer | undefined {
  if (!/^[/@]./.test(name)) return undefined
  const path = Buffer.from(name.startsWith("@") ? `\0${name.slice(1)}` : `${name}\0`)
  if (path.length > pathBytesMax) return undefined
  const family = Buffer.from(new Uint16Array([addressFamilyUnix]).buffer)
  return Buffer.concat([family, path])
}

let libc: ReturnType<typeof openLibc> | undefined

function openLibc() {
  return dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  }).symbols
}

/** One datagram from a socket of its own; true when all of it was taken. */
function send(data: Buffer, address: Buffer): boolean {
  libc ??= openLibc()
  const socket = libc.socket(addressFamilyUnix, datagram, 0)
  if (socket < 0) return false
  const sent = libc.sendto(socket, data, data.length, noSignal, address, address.length)
  libc.close(socket)
  return Number(sent) === data.length
}
