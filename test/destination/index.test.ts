import { expect, test } from "bun:test"
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { destinations } from "../../src/destination/index.ts"
import { temporaryFolder } from "../build.ts"
import { destinationContract, type FarEnd, type FarFault } from "../contract/destination.ts"
import { openCentral } from "../fake/central.ts"
import { ackOf, openMllpReceiver } from "../fake/mllp-receiver.ts"
import { openWebServer } from "../fake/web-server.ts"

/** One far end a kind: leaving one out is a type error. */
const farEnds: Record<keyof typeof destinations, () => Promise<FarEnd>> = {
  fhir: openFhirEnd,
  folder: openFolderEnd,
  http: openHttpEnd,
  mllp: openMllpEnd,
}

destinationContract("fhir", destinations.fhir, farEnds.fhir)
destinationContract("http", destinations.http, farEnds.http)
destinationContract("mllp", destinations.mllp, farEnds.mllp)
destinationContract("folder", destinations.folder, farEnds.folder, {
  garbage: "a folder answers by the system alone",
  lost: "the system says what it did, or the box has crashed",
  silent: "the system waits for a disk as long as it takes, and can't be broken off",
  slow: "there is nobody who answers",
})

test("every kind is listed under the word its section is written with", () => {
  for (const [name, kind] of Object.entries(destinations)) {
    expect(kind.config.entries.kind.literal as string).toBe(name)
  }
})

async function openFhirEnd(): Promise<FarEnd> {
  const central = await openCentral()
  return {
    section: { kind: "fhir", url: central.url },
    kept: () => central.count(),
    asked: () => central.asked(),
    close: () => central.close(),
    async set(fault) {
      if (fault === "gone") await central.down()
      else await central.up()
      if (typeof fault === "object") central.fault = { until: fault.slow }
      else central.fault = centralFaults[fault]
    },
  }
}

const centralFaults = {
  none: "none",
  gone: "none",
  garbage: "html",
  cut: "reset",
  lost: "lost answer",
  silent: "hang",
} as const

async function openHttpEnd(): Promise<FarEnd> {
  const web = await openWebServer()
  return {
    section: { kind: "http", url: web.url },
    kept: web.kept,
    asked: web.asked,
    close: web.down,
    async set(fault) {
      await (fault === "gone" ? web.down() : web.up())
      web.answer = async () => {
        if (fault === "silent") await new Promise(() => {})
        if (fault === "garbage") return { keep: false, status: 200, body: "<html>Sign in</html>" }
        if (fault === "cut") return { keep: false }
        if (fault === "lost") return { keep: true }
        if (typeof fault === "object") await fault.slow
        return { keep: true, status: 200 }
      }
    },
  }
}

async function openMllpEnd(): Promise<FarEnd> {
  const kept = new Set<string>()
  const waiting: (() => void)[] = []
  let fault: FarFault = "none"
  const receiver = await openMllpReceiver(async (controlId, bytes) => {
    for (const resolve of waiting.splice(0)) resolve()
    if (fault === "cut") return "hang up"
    if (fault === "silent") return []
    if (fault === "garbage") return ["<html>"]
    kept.add(Buffer.from(bytes).toString("latin1"))
    if (fault === "lost") return "hang up"
    if (typeof fault === "object") await fault.slow
    return [ackOf("AA", controlId)]
  })
  const [host, port] = receiver.address.split(":")
  return {
    section: { kind: "mllp", host, port: Number(port) },
    kept: () => kept.size,
    asked: () => new Promise<void>((resolve) => waiting.push(resolve)),
    close: () => receiver.close(),
    async set(wanted) {
      fault = wanted
      await (wanted === "gone" ? receiver.down() : receiver.up())
    },
  }
}

/** `cut`: something else stands where the file is to be written. */
async function openFolderEnd(): Promise<FarEnd> {
  const path = join(temporaryFolder(), "out")
  const aside = `${path}-aside`
  mkdirSync(path)
  return {
    section: { kind: "folder", path },
    kept: () => readdirSync(existsSync(aside) ? aside : path).length,
    asked: async () => undefined,
    close: async () => undefined,
    async set(fault) {
      if (fault === "none") {
        rmSync(path, { force: true })
        renameSync(aside, path)
        return
      }
      renameSync(path, aside)
      if (fault === "cut") symlinkSync(path, path)
    },
  }
}
