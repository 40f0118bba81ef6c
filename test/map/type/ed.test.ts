import { describe, expect, test } from "bun:test"
import { attachment, pointer } from "../../../src/map/type/ed.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|LAB|KISUMU|||20260415||ORU^R01|C1|P|2.5.1"

function field(value: string) {
  const read = reading([header, `OBX|1|ED|||${value}`])
  const [repetition] = read.parsed.first("OBX")?.repetitions(5) ?? []
  if (repetition === undefined) throw new Error("no OBX-5")
  return { repetition, read }
}

function made(value: string) {
  const { repetition, read } = field(value)
  return attachment(repetition, "OBX-5", read)
}

describe("the media type of a file", () => {
  const types: [string, Uint8Array | string][] = [
    ["application/pdf", "%PDF-1.7\n"],
    ["image/png", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])],
    ["image/jpeg", new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 0x10])],
    ["image/gif", "GIF89a"],
    ["image/tiff", new Uint8Array([0x49, 0x49, 0x2a, 0, 8, 0, 0, 0])],
    ["text/rtf", "{\\rtf1 a}"],
    ["text/rtf", "\n{\\rtf1 a}"],
    ["text/html", "<!DOCTYPE html><p>a</p>"],
    ["application/xml", "<?xml version='1.0'?><a/>"],
    ["application/xml", "\ufeff<?xml version='1.0'?><a/>"],
    ["text/xml", "<?xml version='1.0'?><!-- a --><ClinicalDocument xmlns='urn:hl7-org:v3'/>"],
    ["text/xml", "\ufeff<cda:ClinicalDocument xmlns:cda='urn:hl7-org:v3'>"],
    ["application/zip", new Uint8Array([0x50, 0x4b, 3, 4, 20, 0])],
  ]
  test.each(types)("is %s by its bytes, whatever it is called", (contentType, bytes) => {
    const data = Buffer.from(bytes).toString("base64")
    expect(made(`LAB^TEXT^plain^Base64^${data}`)).toEqual({ contentType, data })
  })

  test.each([
    ["^application^pdf", "application/pdf"],
    ["^AP^PDF", "application/pdf"],
    ["^IM^JPEG", "image/jpeg"],
    ["^text^csv", "text/csv"],
    ["^text/csv^", "text/csv"],
    ["^AP^Octet-stream", "application/octet-stream"],
    ["^constructor^constructor", "application/octet-stream"],
  ])("is read from %p where the bytes are nothing known", (named, contentType) => {
    expect(made(`${named}^Base64^AAAA`)).toEqual({ contentType, data: "AAAA" })
  })
})

test.each([
  ["Base64", "YQ==", "YQ=="],
  ["Base64", "YQ", "YQ=="],
  ["Base64", "Y W\\.br\\Jj", "YWJj"],
  ["", "YWJj", "YWJj"],
  ["A", "ab", "YWI="],
  ["Hex", "61 62", "YWI="],
])("data in the encoding %p, %p, is read", (encoding, text, data) => {
  expect(made(`^text^plain^${encoding}^${text}`)).toEqual({ contentType: "text/plain", data })
})

test.each([
  ["Base64", "no base64!"],
  ["Base64", "AAAAA"],
  ["Hex", "616"],
])("data that is not in the encoding %p is kept as text, with a note", (encoding, text) => {
  const { repetition, read } = field(`^application^pdf^${encoding}^${text}`)
  expect(attachment(repetition, "OBX-5", read)).toEqual({
    contentType: "text/plain",
    data: Buffer.from(text).toString("base64"),
  })
  expect(read.notes).toEqual([
    "OBX-5: the data is not in the encoding it names; it is kept as text",
  ])
})

test("a file of 20 MB comes through whole", () => {
  const data = Buffer.alloc(15_000_000, "%PDF-1.7 ").toString("base64")
  const { contentType, data: read } = made(`LAB^AP^PDF^Base64^${data}`) ?? {}
  expect([contentType, read === data]).toEqual(["application/pdf", true])
})

test("no data is no file, and a pointer keeps its address", () => {
  expect(made("LAB^AP^PDF^Base64^")).toBeUndefined()
  const { repetition } = field("https://pacs.example.org/a b^PACS^image^jpeg")
  expect(pointer(repetition)).toEqual({
    contentType: "image/jpeg",
    url: "https://pacs.example.org/a%20b",
  })
})
