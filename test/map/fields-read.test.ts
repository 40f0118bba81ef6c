import { expect, test } from "bun:test"
import { fieldsRead } from "../../src/map/fields-read.ts"
import { mapped, message, reading } from "./build.ts"

const header = "MSH|^~\\&|LAB|KCL|||20260415120000||ORU^R01^ORU_R01|X-1|P|2.5.1"
const patient = 'PID|1||P-1^^^KCL^MR||OTIENO^JANE|""| |F'

test("only fields that hold anything are counted, and not the header's delimiters", () => {
  const { parsed } = reading(["MSH|^~\\&||", patient])
  // PID-1, -3, -5, -6 and -8: what is to be deleted is said, too.
  expect(fieldsRead(parsed.segments).populated).toBe(5)
})

test("a field counts as read when a part of it was asked for, or whether it is deleted", () => {
  const { parsed } = reading(["MSH|^~\\&||", patient])
  const pid = parsed.first("PID")
  expect(fieldsRead(parsed.segments).read).toBe(0)
  pid?.text(5, 2)
  pid?.deleted(6)
  pid?.text(9)
  expect(fieldsRead(parsed.segments).read).toBe(2)
})

test("a message's Bundle comes with what of it the map has read, and by which version", () => {
  const { record } = mapped(message([header, patient, "ZZZ|kept|for|nobody"]))
  expect(record).toEqual({ version: 1, populated: 15, read: 8 })
})
