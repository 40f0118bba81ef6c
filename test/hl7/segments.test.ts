import { expect, test } from "bun:test"
import { parseMessage } from "../../src/hl7/message.ts"
import { hasMoreSegments } from "../../src/hl7/segments.ts"

/** How many there are, as the question finds it. */
function counted(bytes: Uint8Array): number {
  let max = 0
  while (hasMoreSegments(bytes, max)) max++
  return max
}

const header = "MSH|^~\\&|LAB|||||||ORU^R01|C1"

test.each([
  ["ended by CR", `${header}\rPID|1\rOBX|1\rOBX|2\r`],
  ["ended by LF", `${header}\nPID|1\nOBX|1`],
  ["ended by both", `${header}\r\nPID|1\r\nOBX|1\r\n\r\n`],
  ["of nothing but their names", `${header}\rZZZ\rPV1\rEND`],
  ["under another delimiter", "MSH#^~\\&#LAB\rPID#1\rOBX#1\rNOT|one"],
  ["around a text over several lines", `${header}\rOBX|1|TX|||line\nPID of it\nABCDEF\nAB|x\r`],
])("segments %s are counted as they are parsed", (_how, text) => {
  const bytes = Buffer.from(text)
  expect(counted(bytes)).toBe(parseMessage(bytes).segments.length)
})
