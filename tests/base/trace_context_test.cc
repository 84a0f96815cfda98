// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/trace_context.h"

#include <catch2/catch.hpp>

namespace skyden::base {

TEST_CASE("a request id is short and harmless, or it is none", "[base]") {
  for (const char* good : {"a", "deploy-17", "2f1c:7/x+y=@.z_"}) CHECK(IsRequestId(good));
  for (const char* bad : {"", " ", "a b", "a\nb", "ü", "a\"b", "a;b", "<x>"})
    CHECK(!IsRequestId(bad));
  CHECK(IsRequestId(std::string(128, 'x')));
  CHECK(!IsRequestId(std::string(129, 'x')));
}

TEST_CASE("a trace id is read from a traceparent that is one", "[base]") {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  CHECK(TraceIdOf("00-" + trace + "-b7ad6b7169203331-01") == trace);
  CHECK(TraceIdOf("cc-" + trace + "-b7ad6b7169203331-01-what-the-future-will-be") == trace);
  for (const std::string& bad :
       {std::string(), std::string("00"), "ff-" + trace + "-b7ad6b7169203331-01",
        "00-" + trace + "-b7ad6b7169203331-01-more", "00-" + trace + "-b7ad6b7169203331-0",
        "00-" + trace + "-0000000000000000-01",
        std::string("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        std::string("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"),
        "00_" + trace + "-b7ad6b7169203331-01", "cc-" + trace + "-b7ad6b7169203331-01x"}) {
    CAPTURE(bad);
    CHECK(TraceIdOf(bad).empty());
  }
}

}  // namespace skyden::base
