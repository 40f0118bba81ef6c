import { describe, expect, test } from "bun:test"
import {
  deliveriesAsked,
  discardAsked,
  messagesAsked,
  pauseAsked,
  read,
  replayAsked,
} from "../../src/admin/asked.ts"

describe("a person's decision that is not clear is not taken", () => {
  const oneWay = "the request must name deliveries in one way"
  test.each<["replay" | "discard", unknown, string]>([
    ["replay", {}, oneWay],
    ["replay", { force: true }, oneWay],
    ["replay", { destination: "central" }, oneWay],
    ["replay", { ids: [] }, "ids must name a delivery"],
    ["replay", { ids: ["1"] }, "ids.0 must be a whole number"],
    ["replay", { ids: [0] }, "ids.0 must be a whole number"],
    ["replay", { ids: [1.5] }, "ids.0 must be a whole number"],
    ["replay", { ids: 1 }, "ids must be a list"],
    ["replay", { ids: Array.from({ length: 10_001 }, () => 1) }, "ids must not be more than 10000"],
    ["replay", { filter: {} }, "filter must name something"],
    ["replay", { filter: null }, "filter must be a JSON object"],
    ["replay", { filter: { state: "lost" } }, "filter.state must be pending"],
    ["replay", { filter: { since: "yesterday" } }, "filter.since must be a time with its offset"],
    ["replay", { filter: { since: "2026-13-45T12:00:00Z" } }, "filter.since must be a time"],
    ["replay", { filter: { reason: "" } }, "filter.reason must not be empty"],
    ["replay", { filter: { patient: "P" } }, "filter.patient is not known here"],
    ["replay", { ids: [1], reason: "answered 422" }, oneWay],
    ["replay", { ids: [1], filter: { state: "held" } }, oneWay],
    ["replay", { ids: [1], destination: "central" }, "the request takes destination with"],
    ["replay", { causeGone: true }, "the request takes causeGone with a destination"],
    ["replay", { causeGone: false, destination: "central" }, "causeGone must be true"],
    ["replay", { ids: [1], force: "yes" }, "force must be true or false"],
    ["discard", { ids: [1] }, "reason is missing"],
    ["discard", { ids: [1], reason: "  " }, "reason must not be empty"],
    ["discard", { ids: [1], reason: "x".repeat(1_001) }, "reason must not be longer"],
    ["discard", { reason: "answered 422" }, oneWay],
    ["discard", { causeGone: true, destination: "central", reason: "x" }, "causeGone is not known"],
  ])("%s %j", (what, body, wrong) => {
    const asked = read(what === "replay" ? replayAsked : discardAsked, body)
    expect("wrong" in asked && asked.wrong).toStartWith(wrong)
  })
})

describe("what is asked for is named when it is wrong", () => {
  test.each([
    ["limit", "0", "must be a whole number from 1"],
    ["limit", "1001", "must not be above 1000"],
    ["limit", "abc", "must be a whole number from 1"],
    ["limit", "1e2", "must be a whole number from 1"],
    ["cursor", "-1", "must be a whole number from 1"],
    ["state", "lost", "must be pending, delivered, held or discarded"],
    ["since", "now", "must be a time with its offset"],
    ["since", "2026-04-15", "must be a time with its offset"],
    ["until", "2026-13-45T12:00:00Z", "must be a time"],
    ["source", "", "must not be empty"],
    ["nothing", "x", "is not known here"],
  ])("%s=%s", (name, value, wrong) => {
    for (const schema of [deliveriesAsked, messagesAsked]) {
      const asked = read(schema, { [name]: value })
      expect("wrong" in asked && asked.wrong).toStartWith(`${name} ${wrong}`)
    }
  })

  test("all that is wrong at once, and none of it quoted", () => {
    const asked = read(deliveriesAsked, { limit: "JANE", patient: "P-1" })
    expect(asked).toEqual({
      wrong: "limit must be a whole number from 1; patient is not known here",
    })
  })

  test("a reason is needed, and its blanks are not part of it", () => {
    expect(read(pauseAsked, { reason: "  moving " })).toEqual({ asked: { reason: "moving" } })
    expect(read(pauseAsked, { reason: "\n" })).toEqual({ wrong: "reason must not be empty" })
  })
})
