export { type Carrier, openCarrierHere } from "./here.ts"
export { openCarrierThread } from "./remote.ts"
