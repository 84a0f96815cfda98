-- SPDX-License-Identifier: Apache-2.0
-- Policies, each new (with SAME the same few again; with COUNT so many,
-- numbered from 1, and the last ones again after that).
require("tests.bench.common")

local same = os.getenv("SAME") == "yes"
local count = tonumber(os.getenv("COUNT") or "")
local sent = -1  -- wrk asks once for a request that it only looks at

function request()
  if same then
    sent = math.max(sent, 0) % 100 + 1
  else
    sent = sent + 1
    -- What is asked for after the last is that one again.
    if count then sent = math.min(sent, math.ceil((count - thread_number + 1) / 2)) end
  end
  return put_policy((math.max(sent, 1) - 1) * 2 + thread_number)
end
