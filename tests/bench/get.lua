-- SPDX-License-Identifier: Apache-2.0
-- The same request again and again: QUERY.
require("tests.bench.common")

local text
function init()
  text = wrk.format("GET", base .. os.getenv("QUERY"), headers)
end
function request() return text end
