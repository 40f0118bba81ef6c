import type { MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { mapOrders, ownedOrders } from "./order/orders.ts"
import type { Layout } from "./result/groups.ts"

/**
 * What is answered to orders (2.5.1, 4.4): each order's new status, and as a Task what the filler
 * made of it.
 */
const layouts: Readonly<Record<string, Layout>> = {
  "ORR^O02": {},
  "ORG^O20": {},
  "ORL^O22": {},
  "ORL^O34": { specimenAbove: true },
  "ORL^O36": { specimenAbove: true },
  "ORI^O24": {},
}

const layoutOf = ({ type }: Message): Layout => ({ background: true, ...layouts[type] })

export const orl: MessageMap = {
  types: Object.keys(layouts),
  owned: (message, context) => ownedOrders(message, context, layoutOf(message)),
  map: (message, context) => mapOrders(message, context, layoutOf(message)),
}
