import { dlopen } from "bun:ffi"

const addressFamilyUnix = 1
const datagram = 2
const dontWait = 0x40

/**
 * The socket that systemd would name in NOTIFY_SOCKET: a real Unix datagram socket, at a path or
 * at an abstract `@name`. `received` takes what has arrived, one string a datagram, and never
 * waits: a datagram is there as soon as its sender's call has returned.
 */
export function openNotifySocket(name: string): { received(): string[]; close(): void } {
  const libc = dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  })
  const path = name.startsWith("@") ? `\0${name.slice(1)}` : `${name}\0`
  const address = Buffer.concat([Buffer.from([addressFamilyUnix, 0]), Buffer.from(path)])
  const socket = libc.symbols.socket(addressFamilyUnix, datagram, 0)
  if (libc.symbols.bind(socket, address, address.length) !== 0) throw new Error(`bind: ${name}`)

  function next(): string | undefined {
    const buffer = Buffer.alloc(4096)
    const length = Number(libc.symbols.recv(socket, buffer, buffer.length, dontWait))
    return length < 0 ? undefined : buffer.toString("utf8", 0, length)
  }

  return {
    received() {
      const datagrams: string[] = []
      for (let text = next(); text !== undefined; text = next()) datagrams.push(text)
      return datagrams
    },
    close() {
      libc.symbols.close(socket)
      libc.close()
    },
  }
}
