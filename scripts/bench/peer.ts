/**
 * The peer, a process of its own: the listener of @medplum/hl7, which answers each message from
 * memory and stores nothing. Prints `{"port":N}` when it listens.
 */
import type { AddressInfo } from "node:net"
import { Hl7Server } from "@medplum/hl7"

const server = new Hl7Server((connection) => {
  connection.addEventListener("message", ({ message }) => connection.send(message.buildAck()))
})
server.start(0)
const listening = server.server
listening?.once("listening", () => {
  console.log(JSON.stringify({ port: (listening.address() as AddressInfo).port }))
})
