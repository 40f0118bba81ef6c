import { asking } from "./api.ts"
import { print, UsageProblem } from "./command.ts"
import { counted } from "./table.ts"
import { filterBy, filterOptions, idsOf, printDecided, receivedHelp } from "./wanted.ts"

const help = `usage: waystation replay ID…
       waystation replay --reason REASON [OPTION…]
       waystation replay --cause-gone --destination NAME
       waystation replay --unrouted

Sends deliveries again, in the order of their messages: those with these IDs, all that the options
name, or all that were held by a part of the configuration that has changed since. The map is
applied anew to the stored message. What a newer message has told the destination since is left as
it is. The IDs are those of deliveries; \`waystation messages\` has them in brackets.

  --reason REASON    held for this reason, word for word as status has it
${receivedHelp}
                     (--state is held where left out)
  --cause-gone       those held by what has changed since
  --unrouted         messages that no route wanted when they came, to those who want them now
  --force            overwrite what a newer message said, too
  --json             the answer as JSON, for programs`

const options = {
  ...filterOptions,
  "cause-gone": { type: "boolean" },
  unrouted: { type: "boolean" },
  force: { type: "boolean" },
  json: { type: "boolean" },
} as const

export const replay = asking({
  name: "replay",
  summary: "send deliveries again",
  help,
  options,
  takes: "words",
  async run(api, values, positionals) {
    const { "cause-gone": causeGone, unrouted, force, json, destination, ...rest } = values
    const ids = idsOf(positionals)
    const filter = filterBy({ ...rest, destination })
    if (unrouted) {
      if (ids.length > 0 || filter || causeGone || force) {
        throw new UsageProblem("--unrouted takes --json, and nothing else")
      }
      const { count } = await api.post<{ count: number }>("unrouted/route", {})
      const said = `${counted(count, "message has", "messages have")} a route now`
      return print(json ? JSON.stringify({ count }) : said)
    }
    if (ids.length > 0 && (filter || causeGone)) {
      throw new UsageProblem("either IDs or options that name deliveries, not both")
    }
    if (causeGone && (destination === undefined || filterBy(rest))) {
      throw new UsageProblem("--cause-gone takes --destination NAME, and nothing else")
    }
    if (ids.length === 0 && !filter) {
      throw new UsageProblem("an ID or an option that names deliveries is missing")
    }
    const named = ids.length > 0 ? { ids } : { filter }
    const body = causeGone ? { causeGone, destination } : named
    const { count } = await api.post<{ count: number }>("replay", { ...body, force })
    const { reason } = rest
    await printDecided({ count, ids, reason, json }, { done: "to send again", left: "pending" })
  },
})
