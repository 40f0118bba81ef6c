import { isIP } from "node:net"
import * as v from "valibot"

/** The address a source listens on; left out, every one this machine has. */
export const host = v.optional(v.pipe(v.string(), v.nonEmpty("must not be empty")), "0.0.0.0")

export const port = v.pipe(
  v.number("must be a port number, such as 2575"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be a port from 0 (any that is free) to 65535"),
  v.maxValue(65_535, "must be a port from 0 (any that is free) to 65535"),
)

/** As people write it: the colons of an IPv6 address stand in brackets, apart from the port's. */
export function placeOf(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/** Why a port can't be had, and what to do. */
export function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const advice: Record<string, string> = {
    EADDRINUSE: "another program uses this port: stop that one, or choose another port",
    EACCES: "ports below 1024 need the right to bind them: choose another, or grant it",
    EADDRNOTAVAIL: "this machine has no such address: choose one it has, or 0.0.0.0 for all",
  }
  const code = error.code ?? error.message
  return new Error(`can't listen on ${placeOf(host, port)}: ${advice[code] ?? code}`)
}
