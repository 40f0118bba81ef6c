import { expect, test } from "bun:test"
import * as v from "valibot"
import { mapConfig, mapVersion } from "../../src/map/version.ts"

test("a site may leave the version of the maps open, or pin the one this release has", () => {
  expect(v.is(mapConfig, {})).toBe(true)
  expect(v.is(mapConfig, { version: mapVersion })).toBe(true)
})

test("a version that this release has not is no configuration, and it says what to do", () => {
  const { issues = [] } = v.safeParse(mapConfig, { version: mapVersion + 1 })
  expect(issues.map(({ message }) => message)).toEqual([
    "this release maps by version 1, not 2: stay with a release that has 2, or read in " +
      "CHANGELOG.md what 1 changed and then set it here",
  ])
  expect(v.is(mapConfig, { version: "1" })).toBe(false)
})

test("what this version changed stands in the CHANGELOG", async () => {
  const changes = await Bun.file(new URL("../../CHANGELOG.md", import.meta.url)).text()
  expect(changes).toContain(`The maps have a version, ${mapVersion}`)
})
