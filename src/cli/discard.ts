import { asking } from "./api.ts"
import { UsageProblem } from "./command.ts"
import { filterBy, filterOptions, idsOf, printDecided, receivedHelp } from "./wanted.ts"

const help = `usage: waystation discard --because WHY ID…
       waystation discard --because WHY --reason REASON [OPTION…]

Gives up deliveries that are held or pending: they are not sent any more. The messages stay, and
what was discarded can be replayed for as long as they do. The IDs are those of deliveries;
\`waystation messages\` has them in brackets.

  --because WHY      the reason, kept in the trail of each message
  --reason REASON    held for this reason, word for word as status has it
${receivedHelp}
                     (--state is held where left out)
  --json             the answer as JSON, for programs`

const options = {
  ...filterOptions,
  because: { type: "string" },
  json: { type: "boolean" },
} as const

export const discard = asking({
  name: "discard",
  summary: "give up deliveries, with a reason",
  help,
  options,
  takes: "words",
  async run(api, { because, json, ...named }, positionals) {
    const ids = idsOf(positionals)
    const filter = filterBy(named)
    if (because === undefined) throw new UsageProblem("--because WHY is missing")
    if (ids.length > 0 && filter) {
      throw new UsageProblem("either IDs or options that name deliveries, not both")
    }
    if (ids.length === 0 && !filter) {
      throw new UsageProblem("an ID or an option that names deliveries is missing")
    }
    const body = { ...(ids.length > 0 ? { ids } : { filter }), reason: because }
    const { count } = await api.post<{ count: number }>("discard", body)
    const { reason } = named
    const left = "delivered or discarded"
    await printDecided({ count, ids, reason, json }, { done: "discarded", left })
  },
})
