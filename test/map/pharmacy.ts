import { mapped, message, resources } from "./build.ts"

const patient = "PID|1||KSM-20417^^^KISUMU^MR||WANJIRU^MERCY||19910723|F"

/** A message of the pharmacy of these segments, about one patient or none. */
export function sent(
  type: string,
  segments: readonly string[],
  { sender = "PHARM", pid = patient } = {},
) {
  const header = `MSH|^~\\&|${sender}|KISUMU|||20260415120000||${type}|P1|P|2.5.1`
  return message([header, ...(pid === "" ? [] : [pid]), ...segments])
}

/** What the maps make of it. */
export function bundleOf(...given: Parameters<typeof sent>) {
  return mapped(sent(...given)).bundle
}

/** Our own identifiers of the resources of one type. */
export function own(bundle: ReturnType<typeof bundleOf>, type: Parameters<typeof resources>[1]) {
  return resources(bundle, type).map((resource) => {
    const { identifier } = resource as { identifier?: { value?: string }[] }
    return identifier?.[0]?.value
  })
}
