import { expect, test } from "bun:test"
import { codes } from "../../src/cli/codes.ts"
import { UsageProblem } from "../../src/cli/command.ts"
import { discard } from "../../src/cli/discard.ts"
import { messages } from "../../src/cli/messages.ts"
import { pause } from "../../src/cli/pause.ts"
import { replay } from "../../src/cli/replay.ts"
import { resume } from "../../src/cli/resume.ts"
import { status } from "../../src/cli/status.ts"

const commands = { status, messages, replay, discard, pause, resume, codes }

test.each<[keyof typeof commands, string[], string]>([
  ["status", ["extra"], "extra"],
  ["status", ["--limit", "1"], "--limit"],
  ["messages", ["first"], "an ID is a number, not first"],
  ["messages", ["1", "2"], "one ID at a time"],
  ["messages", ["--raw"], "--raw takes the ID of a message"],
  ["messages", ["1", "--state", "held"], "with an ID it takes --raw or --json only"],
  ["messages", ["--limit", "0"], "--limit takes a number"],
  ["messages", ["--since", "yesterday"], "--since takes 2026-04-15"],
  ["messages", ["--until", "2026-13-45"], "--until takes 2026-04-15"],
  ["replay", [], "an ID or an option that names deliveries is missing"],
  ["replay", ["--force"], "an ID or an option that names deliveries is missing"],
  ["replay", ["1", "--reason", "x"], "either IDs or options"],
  ["replay", ["1", "--cause-gone"], "either IDs or options"],
  ["replay", ["--cause-gone"], "--cause-gone takes --destination NAME"],
  ["replay", ["--cause-gone", "--destination", "a", "--type", "ADT"], "and nothing else"],
  ["replay", ["0"], "an ID is a number, not 0"],
  ["discard", ["1"], "--because WHY is missing"],
  ["discard", ["--because", "x"], "an ID or an option that names deliveries is missing"],
  ["discard", ["--because", "x", "1", "--state", "held"], "either IDs or options"],
  ["pause", ["--reason", "x"], "a DESTINATION is missing"],
  ["pause", ["a", "b", "--reason", "x"], "one DESTINATION at a time"],
  ["pause", ["central"], "--reason WHY is missing"],
  ["resume", [], "a DESTINATION is missing"],
  ["codes", ["a", "b"], "one NAME at a time"],
  ["codes", ["unmapped", "--csv", "--json"], "either --csv or --json"],
  ["codes", ["a", "--csv"], "--of and --csv go with unmapped"],
  ["codes", ["--of", "a"], "--of and --csv go with unmapped"],
  ["codes", ["a", "--json"], "a code map is printed as CSV"],
])("%s %j is wrong arguments, and the gateway is not asked", async (name, args, problem) => {
  const refused = await commands[name].run(args).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(UsageProblem)
  expect((refused as UsageProblem).message).toContain(problem)
})
