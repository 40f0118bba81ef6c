import { afterEach, describe, expect, test } from "bun:test"
import { rmSync, writeFileSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import { join } from "node:path"
import type { TlsOptions } from "node:tls"
import { temporaryFolder } from "../../build.ts"
import { openAuthority } from "../../fake/authority.ts"
import { ackOf } from "../../fake/mllp-receiver.ts"
import { receiving } from "./receiving.ts"

const open = receiving()
const folder = temporaryFolder()
const authority = openAuthority()
const his = authority.issue("his.example")
const box = authority.issue("box")

/** A file with this in it, for the box's user alone. */
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const files = {
  caFile: file("his-authority.crt", authority.cert),
  certFile: file("box.crt", box.cert),
  keyFile: file("box.key", box.key),
}
const { caFile } = files
const servername = "his.example"
/** A port at which whatever connects is dealt with so, until the test is over. */
async function listen(deal: (socket: Socket) => void): Promise<number> {
  server = createServer(deal)
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve))
  return (server.address() as { port: number }).port
}

let server: Server | undefined
afterEach(() => {
  server?.close()
  server = undefined
})

const accepting = (controlId: string) => [ackOf("AA", controlId)]

/** Sends one message to a receiver with this certificate. */
async function outcomeWith(changes: object, server: TlsOptions = {}) {
  const { sendOf } = await open(accepting, changes, { cert: his.cert, key: his.key, ...server })
  return sendOf("A")
}

describe("a receiver over TLS", () => {
  test("is sent messages when its certificate is of the authority in caFile", async () => {
    expect(await outcomeWith({ tls: { caFile }, servername })).toMatchObject({
      outcome: "delivered",
    })
  })

  test("is sent nothing when its certificate is of another authority", async () => {
    const other = openAuthority("Another").issue("his.example")
    expect(await outcomeWith({ tls: { caFile }, servername }, other)).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("certificate"),
    })
  })

  test("is sent nothing when its certificate bears another name", async () => {
    const other = authority.issue("lab.example")
    expect(await outcomeWith({ tls: { caFile }, servername }, other)).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("certificate is for another name"),
    })
  })

  test("at a bare address is sent nothing when its certificate is not for that", async () => {
    expect(await outcomeWith({ tls: { caFile } })).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("127.0.0.1"),
    })
  })

  test("is shown the box's certificate where it asks for one", async () => {
    const asks = { ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    expect(await outcomeWith({ tls: files, servername }, asks)).toMatchObject({
      outcome: "delivered",
    })
  })

  test("that misses a certificate has read nothing, whatever onLostAck says", async () => {
    const asks = { ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    const changes = { tls: { caFile }, servername, onLostAck: "hold" }
    expect(await outcomeWith(changes, asks)).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("name certFile and keyFile"),
    })
  })

  test("that never says a word is given up on after the timeout", async () => {
    const port = await listen(() => {})
    const changes = { tls: { caFile }, servername, port, timeout: "50ms" }
    const { sendOf } = await open(accepting, changes)
    expect(await sendOf("A")).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("within 0.05 s"),
    })
  })

  test("that speaks none is doubt, and says so", async () => {
    const port = await listen((socket) => void socket.end(ackOf("AR", "")))
    const { sendOf } = await open(accepting, { tls: { caFile }, servername, port })
    expect(await sendOf("A")).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("speaks no TLS"),
    })
  })

  test("that is spoken to without is sent nothing it could read", async () => {
    const { sendOf, bytes } = await open(accepting, {}, { cert: his.cert, key: his.key })
    expect(await sendOf("A")).toMatchObject({ outcome: "retry" })
    expect(bytes).toEqual([])
  })

  test("waits for a person when the box's own files are gone", async () => {
    const keyFile = file("gone.key", box.key)
    const tls = { ...files, keyFile }
    const server = { cert: his.cert, key: his.key }
    const { sendOf } = await open(accepting, { tls, servername }, server)
    rmSync(keyFile)
    expect(await sendOf("A")).toMatchObject({
      outcome: "pause",
      reason: expect.stringContaining("keyFile"),
    })
  })
})
