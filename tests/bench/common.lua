-- SPDX-License-Identifier: Apache-2.0
-- What the scripts of wrk share. Each thread of wrk has a state of its own.
base = os.getenv("BASE")
headers = {
  ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
  ["Content-Type"] = "application/json",
  ["Accept"] = "application/json",
}

-- Threads are numbered, so that each has names of its own.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("thread_number", threads)
end

function put_policy(number)
  local name = "policy-" .. number
  local labels = number % 10 == 0 and '{"team":"blue"}' or '{"team":"red"}'
  return wrk.format("PUT", base .. "/meshes/default/meshtimeouts/" .. name, headers,
    '{"type":"MeshTimeout","mesh":"default","name":"' .. name .. '","labels":' .. labels ..
    ',"spec":{"targetRef":{"kind":"MeshService","name":"backend-' .. number % 100 ..
    '"},"from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"' .. number % 1000 + 1 ..
    's","connectionTimeout":"5s","http":{"requestTimeout":"15s"}}}]}}')
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"per_second":%d,"failed":%d,"p50_ms":%.2f,"p99_ms":%.2f,"mib_per_second":%.1f}\n',
    summary.requests, summary.requests / summary.duration * 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.bytes / summary.duration * 1e6 / 1048576))
end
