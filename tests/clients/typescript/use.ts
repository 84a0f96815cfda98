// SPDX-License-Identifier: Apache-2.0
// Uses the types that a generator made of /openapi.yaml, as its users would. What does not fit the
// document does not compile.
import createClient from "openapi-fetch";
import type { components, paths } from "./skyden.js";

declare const process: { env: Record<string, string>; exit(code: number): never };

function check(holds: unknown, what: string, ...rest: unknown[]): asserts holds {
  if (holds) return;
  console.error("TypeScript client:", what, ...rest.map((one) => JSON.stringify(one)));
  process.exit(1);
}

const client = createClient<paths>({
  baseUrl: process.env.SKYDEN_ADDRESS,
  headers: { authorization: `Bearer ${process.env.SKYDEN_TOKEN}` },
});

const made = await client.POST("/v1/mesh/control-planes", {
  body: { name: "typescript", labels: { team: "blue" } },
});
check(made.data, "no control plane", made.error);
const id = made.data.id;

const found = await client.GET("/v1/mesh/control-planes", {
  params: { query: { "page[size]": 5, filter: { name: "typescript" } } },
});
check(found.data?.data[0]?.id === id, "it is not listed", found.data, found.error);

const policy: components["schemas"]["MeshTimeout"] = {
  type: "MeshTimeout",
  mesh: "default",
  name: "slow",
  spec: {
    targetRef: { kind: "Mesh" },
    to: [{ targetRef: { kind: "Mesh" }, default: { http: { requestTimeout: "90s" } } }],
  },
};
const path = { id, mesh: "default", name: "slow" };
const item = "/v1/mesh/control-planes/{id}/api/meshes/{mesh}/meshtimeouts/{name}";
const put = await client.PUT(item, { params: { path }, body: policy });
check(put.response.status === 201, "no policy", put.error);
const read = await client.GET(item, { params: { path } });
check(read.data?.spec.to?.[0]?.default?.http?.requestTimeout === "1m30s", "it reads", read.data);
const dataplane: components["schemas"]["Dataplane"] = {
  type: "Dataplane",
  mesh: "default",
  name: "web",
  networking: { address: "192.0.2.1", inbound: [{ port: 80, tags: { "kuma.io/service": "web" } }] },
};
check(dataplane.networking?.inbound?.[0]?.port === 80, "no dataplane");

const account = await client.POST("/v3/system-accounts", { body: { name: "typescript" } });
check(account.data, "no account", account.error);
const role = await client.POST("/v3/system-accounts/{account}/assigned-roles", {
  params: { path: { account: account.data.id } },
  body: { role_name: "Viewer", entity_id: id, entity_type_name: "Mesh Control Planes" },
});
check(role.data, "no role", role.error);
const one = await client.GET("/v3/system-accounts/{account}/assigned-roles/{role}", {
  params: { path: { account: account.data.id, role: role.data.id } },
});
check(one.data?.role_name === "Viewer", "the role reads", one.data, one.error);

const gone = await client.DELETE("/v1/mesh/control-planes/{id}", { params: { path: { id } } });
check(gone.response.status === 204, "not deleted", gone.error);
const missing = await client.GET("/v1/mesh/control-planes/{id}", { params: { path: { id } } });
check(missing.error && missing.error.instance !== "", "no problem", missing.data);
console.log("the TypeScript client works");
