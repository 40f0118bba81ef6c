import { describe, expect, test } from "bun:test"
import type { Bundle, BundleEntry, DocumentReference, FhirResource } from "fhir/r4"
import { type Outlet, openCarrying } from "../../src/carry.ts"
import { preflight } from "../../src/fhir/preflight.ts"
import { mapMessage, maps, ownedResource, ownedResources, readParts } from "../../src/map/index.ts"
import type { Mapped } from "../../src/mapping.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, message, resources } from "./build.ts"

const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE||19880412|F"
const txa = (status = "AU", more = "") => `TXA|1|PN|TX|||||||||DOC-1^EMR|||||${status}||AV${more}`
const text = "OBX|1|TX|PN^Note^99KSM||All well||||||F"

describe("a document and the resource it is", () => {
  test("its edits, its status and its end land on it, and its number is not the patient's", () => {
    const first = request(bundleOf("T02", [pid, txa("IP"), text]))
    expect(first?.method).toBe("PUT")
    for (const event of ["T04", "T08", "T10"]) {
      expect([event, request(bundleOf(event, [pid, txa(), text]))]).toEqual([event, first])
    }
    expect(request(bundleOf("T11", [pid, txa()]))).toEqual(first)
    const misfiled = pid.replace("10234", "99999")
    expect(request(bundleOf("T02", [misfiled, txa(), text]))).toEqual(first)
  })

  test("two senders may use one number where neither says who gave it", () => {
    const bare = [pid, txa().replace("^EMR", ""), text]
    const here = request(bundleOf("T02", bare, { sender: "TYPIST|NORTH" }))
    expect(request(bundleOf("T02", bare, { sender: "TYPIST|SOUTH" }))).not.toEqual(here)
    const named = [pid, txa(), text]
    expect(request(bundleOf("T02", named, { sender: "TYPIST|NORTH" }))).toEqual(
      request(bundleOf("T02", named, { sender: "TYPIST|SOUTH" })),
    )
  })

  test("without a number it is known by its file's name, without that by the message alone", () => {
    const unnumbered = [pid, "TXA|1|PN|TX|||||||||||||note.txt", text]
    const first = request(bundleOf("T02", unnumbered))
    expect(request(bundleOf("T04", unnumbered))).toEqual(first)
    const nameless = [pid, "TXA|1|PN|TX", "TXA|2|PN|TX", text]
    const documents = resources(bundleOf("T02", nameless), "DocumentReference")
    expect(documents).toHaveLength(2)
  })

  test("signed and sent anew because it was edited, it is amended", () => {
    expect(documentOf(bundleOf("T02", [pid, txa(), text])).docStatus).toBe("final")
    expect(documentOf(bundleOf("T08", [pid, txa(), text])).docStatus).toBe("amended")
    expect(documentOf(bundleOf("T08", [pid, txa("IP"), text])).docStatus).toBe("preliminary")
  })

  test("that names itself as its parent is not related to itself", () => {
    const self = txa().replace("DOC-1^EMR|", "DOC-1^EMR|DOC-1^EMR")
    const mapped = map("T06", [pid, self, text])
    expect(mapped).toMatchObject({
      notes: ["TXA-13: it names the document itself; it is left out"],
    })
  })

  test("is held without a patient or a TXA", () => {
    expect(map("T02", [txa(), text])).toEqual({ problem: "no PID segment" })
    expect(map("T02", [pid, text])).toEqual({ problem: "no TXA segment" })
  })
})

describe("a message without the document's file", () => {
  const sent = bundleOf("T02", [pid, txa("IP", "||||||Ward round"), text])
  const there = documentOf(sent)
  const known = readOf(sent)

  test("about a new document is never laid over one that is there", () => {
    for (const event of ["T01", "T05", "T09"]) {
      const bundle = bundleOf(event, [pid, txa()])
      expect([event, request(bundle)?.method]).toEqual([event, "POST"])
    }
  })

  test("about an earlier one has the destination asked for it, and nothing kept of it", () => {
    for (const event of ["T03", "T04", "T07", "T08", "T11"]) {
      const given = messageOf(event, [pid, txa()])
      expect([event, ownedResources(maps, given, context())]).toEqual([event, [nameOf(sent)]])
      expect(map(event, [pid, txa()], { known })).toMatchObject({ told: [] })
    }
    for (const event of ["T01", "T02", "T05", "T06", "T09", "T10"]) {
      const given = messageOf(event, [pid, txa()])
      expect([event, ownedResources(maps, given, context())]).toEqual([event, []])
    }
  })

  test("changes the status and leaves the file and what it does not speak of", () => {
    const bundle = bundleOf("T03", [pid, txa("AU")], { known })
    expect(request(bundle)).toEqual(request(sent))
    const { docStatus, content, description } = documentOf(bundle)
    expect({ docStatus, content, description }).toEqual({
      docStatus: "final",
      content: there.content,
      description: "Ward round",
    })
  })

  test("cancels the document where its file is known, and where it is not", () => {
    const cancelled = documentOf(bundleOf("T11", [pid, txa()], { known }))
    expect(cancelled).toMatchObject({ status: "entered-in-error", content: there.content })
    expect(request(bundleOf("T11", [pid, txa()]))?.method).toBe("PUT")
  })

  test("creates the document where it was never heard of, and says so on the trail", () => {
    expect(request(bundleOf("T03", [pid, txa()]))?.method).toBe("POST")
    const mapped = map("T03", [pid, txa()])
    expect("notes" in mapped && mapped.notes.join()).toContain("is not overwritten")
  })

  test("keeps what the document was to its parent, which a status change does not repeat", () => {
    const addendum = bundleOf("T06", [pid, txa().replace("^EMR|", "^EMR|DOC-0^EMR"), text])
    const bundle = bundleOf("T03", [pid, txa()], { known: readOf(addendum) })
    expect(documentOf(bundle).relatesTo).toEqual(documentOf(addendum).relatesTo)
  })
})

test("what a status change deletes is gone, and not filled from what is there", () => {
  const sent = bundleOf("T02", [pid, txa("IP", "||||||Ward round"), text])
  const changed = bundleOf("T03", [pid, txa("AU", '||||||""')], { known: readOf(sent) })
  expect(documentOf(changed).description).toBeUndefined()
})

test("a document has at the destination what was last said of each of its parts", async () => {
  const there = new Map<string, FhirResource>()
  const ask = (url = "") => decodeURIComponent(url.replace(/^.*identifier=|^_tag=/, ""))
  const central: Outlet = {
    takes: "bundle",
    async send({ bundle }) {
      for (const { resource, request } of bundle.entry ?? []) {
        const key = ask(request?.ifNoneExist ?? request?.url)
        if (resource && (request?.method === "PUT" || !there.has(key)))
          there.set(key, resource as FhirResource)
      }
      return { outcome: "delivered", receipt: { status: 200 } }
    },
    async look(resource) {
      const own = ownedResource("kisumu-01", resource)[1]
      const found = there.get(`${own.system}|${own.value}`)
      return found ? readParts(found, own) : []
    },
  }
  const carry = openCarrying({
    owned: (message) => ownedResources(maps, message, context()),
    map: (message, known) => mapMessage(maps, message, context({ known: [...known] })),
    check: preflight,
    outlets: { central },
  })
  const told: Told[] = []
  const tell = async (event: string, segments: string[]) => {
    const message = messageOf(event, [pid, ...segments])
    const carrying = { destination: "central", key: event, message, newer: [] }
    const carried = await carry(carrying, async () => told, new AbortController().signal)
    expect(carried.outcome.outcome).toBe("delivered")
    told.push(...carried.told)
    const document = [...there.values()].find((one) => one.resourceType === "DocumentReference")
    const { status, docStatus, content } = document as DocumentReference
    return [status, docStatus, decoded(content[0]?.attachment.data)]
  }
  const second = text.replace("All well", "All well, afebrile")
  const life = async () => [
    await tell("T02", [txa("IP"), text]),
    await tell("T03", [txa("PA")]),
    await tell("T04", [txa("AU"), second]),
    await tell("T03", [txa("LA")]),
    await tell("T11", [txa("LA")]),
  ]
  const lived = [
    ["current", "preliminary", "All well"],
    ["current", "preliminary", "All well"],
    ["current", "final", "All well, afebrile"],
    ["current", "final", "All well, afebrile"],
    ["entered-in-error", "entered-in-error", "All well, afebrile"],
  ]
  expect(await life()).toEqual(lived)
  expect(await life()).toEqual(lived)
  expect(told).toEqual([])
})

interface Settings {
  sender?: string
  known?: Told[]
}

function messageOf(event: string, segments: string[], { sender = "EMR|KISUMU" }: Settings = {}) {
  return message([`MSH|^~\\&|${sender}|||20260415120000||MDM^${event}|1|P|2.5.1`, ...segments])
}

function map(event: string, segments: string[], settings: Settings = {}): Mapped {
  const { known = [] } = settings
  return mapMessage(maps, messageOf(event, segments, settings), context({ known }))
}

function bundleOf(event: string, segments: string[], settings: Settings = {}): Bundle {
  const mapped = map(event, segments, settings)
  if ("problem" in mapped) throw new Error(mapped.problem)
  expect(invalid(mapped.bundle)).toEqual([])
  return mapped.bundle
}

function documentOf(bundle: Bundle): DocumentReference {
  const [document] = resources(bundle, "DocumentReference")
  if (document === undefined) throw new Error("no document")
  return document
}

function entryOf(bundle: Bundle): BundleEntry | undefined {
  return bundle.entry?.find(({ resource }) => resource?.resourceType === "DocumentReference")
}

function request(bundle: Bundle): BundleEntry["request"] {
  return entryOf(bundle)?.request
}

function nameOf(bundle: Bundle): string {
  return `DocumentReference/${entryOf(bundle)?.fullUrl?.replace("urn:uuid:", "")}`
}

/** The document as it is read at a destination that has applied the Bundle. */
function readOf(bundle: Bundle): Told[] {
  const document = documentOf(bundle)
  const [own] = document.identifier ?? []
  const { system = "", value = "" } = own ?? {}
  const subject = { reference: "Patient/1" }
  return readParts({ ...document, id: "9", subject }, { system, value })
}

function decoded(data: string | undefined): string {
  return Buffer.from(data ?? "", "base64").toString()
}
