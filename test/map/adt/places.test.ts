import { expect, test } from "bun:test"
import { invalid } from "../../validate.ts"
import { message, resources } from "../build.ts"
import { openCentre } from "../centre.ts"

const site = ["KCH"]
const surgical = ["KCH, SUR", "KCH, SUR, 1", "KCH, SUR, 1, A"]
const maternity = ["KCH, MAT", "KCH, MAT, 3", "KCH, MAT, 3, B"]

test("the ward and the room of a bed are told with it while the visit has it", async () => {
  const centre = openCentre()
  let id = 0
  const told = async (event: string, ward: string) => {
    id++
    const lines = [
      `MSH|^~\\&|HIS|KCH|||2026041508${id}0||ADT^${event}|C${id}|P|2.5.1`,
      "PID|1||A1^^^KCH^MR",
      `PV1|1|I|${ward}${"|".repeat(16)}V1`,
    ]
    const { bundle } = await centre.deliver(message(lines, { id }))
    expect(invalid(bundle)).toEqual([])
    return resources(bundle, "Location").map(({ name }) => name as string)
  }
  expect(await told("A01", "SUR^1^A^KCH")).toEqual([...site, ...surgical])
  expect(await told("A02", "MAT^3^B^KCH")).toEqual([...site, ...surgical, ...maternity])
  expect(await told("A08", "")).toEqual([...site, ...surgical, ...maternity])
  expect(await told("A12", "")).toEqual([...site, ...surgical])
})
