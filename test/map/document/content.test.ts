import { expect, test } from "bun:test"
import { contentOf } from "../../../src/map/document/content.ts"
import { documentsOf } from "../../../src/map/document/groups.ts"
import { reading } from "../build.ts"

const header = "MSH|^~\\&|EMR|KISUMU|||20260415||MDM^T02|C1|P|2.5.1"
const pid = "PID|1||KSM-10234^^^KISUMU^MR||ACHIENG^GRACE"
const txa = "TXA|1|PN|TX|||||||||DOC-1^EMR"
const image = "OBX|2|ED|IMG^Image^99KSM||^Image^gif^Base64^R0lGODlh||||||F"

function lines(...values: string[]) {
  return values.map((value, at) => `OBX|${at + 1}|TX|PN^Note^99KSM|${at + 1}|${value}||||||F`)
}

function contentIn(segments: string[]) {
  const read = reading([header, pid, ...segments])
  const [group] = documentsOf(read).groups
  if (group === undefined) throw new Error("no document")
  const { attachments, others } = contentOf(group.observed, group.txa, read)
  const files = attachments.map(({ contentType, data }) => [contentType, data])
  const text = Buffer.from(attachments[0]?.data ?? "", "base64").toString()
  return { files, text, others, notes: read.notes }
}

test("the lines of a text are one, with its empty lines, and no name over an only part", () => {
  const { files, text } = contentIn([txa, ...lines("First", "", "Last & end")])
  expect(files).toHaveLength(1)
  expect(text).toBe("First\n\nLast & end")
})

test("a text goes on behind a file between its lines, and the note of a file is part of it", () => {
  const between = [image, "NTE|1||Left hand"]
  const { files, text } = contentIn([txa, ...lines("Before"), ...between, ...lines("After")])
  expect(files.map(([contentType]) => contentType)).toEqual([
    "text/plain;charset=utf-8",
    "image/gif",
  ])
  expect(text).toBe("Before\nLeft hand\nAfter")
})

test("the part that was taken back is left out", () => {
  const [first = "", second = ""] = lines("Right leg", "Left leg")
  const { text, notes } = contentIn([txa, first.replace("||F", "||D"), second])
  expect(text).toBe("Left leg")
  expect(notes).toEqual(["OBX-11: a part that was taken back is left out of the document"])
})

test("a line that comes before its TXA is the first document's", () => {
  expect(contentIn([...lines("Early"), txa]).text).toBe("Early")
})

test("a file in base64 over lines of text is that file, and a plain text is none", () => {
  const pdf = Buffer.from("%PDF-1.4 and some more").toString("base64")
  const { files } = contentIn([txa, ...lines(pdf.slice(0, 16), pdf.slice(16))])
  expect(files).toEqual([["application/pdf", pdf]])
  const { text } = contentIn([txa, ...lines("Admitted", "Discharged")])
  expect(text).toBe("Admitted\nDischarged")
})

test("an empty document has no content, and one without its file says so", () => {
  expect(contentIn([txa, ...lines("", "")]).files).toEqual([])
  const empty = image.replace("R0lGODlh", "")
  expect(contentIn([txa, empty])).toMatchObject({
    files: [],
    notes: ["OBX-5: there is no file in it; it is left out"],
  })
})
