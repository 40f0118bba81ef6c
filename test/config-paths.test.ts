import { expect, test } from "bun:test"
import { withWholePaths } from "../src/config-paths.ts"

test("the files a configuration names are relative to the folder it stands in", () => {
  const destination = {
    central: {
      url: "relative/File",
      auth: { keyFile: "keys/private-key.pem" },
      tls: { caFile: "/etc/ca.crt", certFile: "", keyFile: 7 },
      headerFiles: { "X-Api-Key": "key", "X-File": "../file" },
    },
  }
  const route = [{ to: ["central"], someFile: "a" }]
  expect(withWholePaths({ destination, route }, "/etc/waystation")).toEqual({
    destination: {
      central: {
        url: "relative/File",
        auth: { keyFile: "/etc/waystation/keys/private-key.pem" },
        tls: { caFile: "/etc/ca.crt", certFile: "", keyFile: 7 },
        headerFiles: { "X-Api-Key": "/etc/waystation/key", "X-File": "/etc/file" },
      },
    },
    route: [{ to: ["central"], someFile: "/etc/waystation/a" }],
  })
  expect(withWholePaths("no section", "/etc")).toBe("no section")
})
