import { expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { mapped, message, resources } from "../build.ts"

test("who wrote, transcribed and got a document, and why it changed, is in the Provenance", () => {
  const txa = Array.from({ length: 24 }, () => "")
  const set = { 0: "TXA", 1: "1", 2: "CN", 9: "D7^OTIENO^PETER", 11: "N3^WERE^ANN", 12: "DOC1" }
  for (const [at, text] of Object.entries({ ...set, 21: "Typing errors", 23: "D8^AUMA^RUTH" })) {
    txa[Number(at)] = text
  }
  const { bundle, notes } = mapped(
    message([
      "MSH|^~\\&|EMR|KISUMU|||20260415||MDM^T02|C1|P|2.5.1",
      "PID|1||A1^^^KISUMU",
      txa.join("|"),
      "OBX|1|TX|NOTE^Note^99KSM||Well||||||F",
    ]),
  )
  expect(invalid(bundle)).toEqual([])
  const [provenance] = resources(bundle, "Provenance")
  const agents = provenance?.agent.map(({ type, role, who }) => {
    return [type?.coding?.[0]?.code, role?.[0]?.coding?.[0]?.code, who.display]
  })
  expect(agents?.slice(1)).toEqual([
    ["author", undefined, "PETER OTIENO"],
    ["enterer", undefined, "ANN WERE"],
    [undefined, "IRCP", "RUTH AUMA"],
  ])
  expect(provenance?.reason).toEqual([{ text: "Typing errors" }])
  expect(notes).toEqual([])
})
