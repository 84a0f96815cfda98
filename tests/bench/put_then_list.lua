-- SPDX-License-Identifier: Apache-2.0
-- A write, then a page (QUERY), in turns: every page is of a list that has just changed.
require("tests.bench.common")

local turn = 0
local list
function init()
  list = wrk.format("GET", base .. os.getenv("QUERY"), headers)
end
function request()
  turn = turn + 1
  if turn % 2 == 0 then return list end
  return put_policy(turn % 100 * 2 + thread_number)
end
