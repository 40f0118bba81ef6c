import type { MessageMap } from "../mapping.ts"
import type { Message } from "../message.ts"
import { mapOrders, ownedOrders } from "./order/orders.ts"
import type { Layout } from "./result/groups.ts"

/**
 * Orders of services (2.5.1, 4.4): general (ORM^O01, OMG^O19), of the laboratory (OML) and of
 * imaging (OMI^O23).
 */
const layouts: Readonly<Record<string, Layout>> = {
  "ORM^O01": {},
  "OMG^O19": { prior: true },
  "OML^O21": { prior: true },
  "OML^O33": { prior: true, specimenAbove: true },
  "OML^O35": { prior: true, specimenAbove: true },
  "OMI^O23": {},
}

const layoutOf = ({ type }: Message): Layout => ({ background: true, ...layouts[type] })

export const oml: MessageMap = {
  types: Object.keys(layouts),
  owned: (message, context) => ownedOrders(message, context, layoutOf(message)),
  map: (message, context) => mapOrders(message, context, layoutOf(message)),
}
