// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/uri.h"

#include <catch2/catch.hpp>

namespace skyden::http {

TEST_CASE("percent escapes decode, and malformed ones are refused", "[http]") {
  CHECK(PercentDecode("a%20b%2Fc", Plus::kLiteral) == "a b/c");
  CHECK(PercentDecode("zones+insights", Plus::kLiteral) == "zones+insights");
  CHECK(PercentDecode("a+b", Plus::kSpace) == "a b");
  CHECK(PercentDecode("%E2%82%AC", Plus::kLiteral) == "\xE2\x82\xAC");
  for (const char* bad : {"%", "%2", "a%zz", "%%41", "%4"}) {
    CAPTURE(bad);
    CHECK_FALSE(PercentDecode(bad, Plus::kLiteral).has_value());
  }
}

TEST_CASE("encoding then decoding gives the bytes back", "[http]") {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  CHECK(PercentDecode(PercentEncode(all), Plus::kSpace) == all);
  CHECK(PercentEncode("a-b_c.d~e f") == "a-b_c.d~e%20f");
}

TEST_CASE("a query keeps order and repetitions, and skips what does not decode", "[http]") {
  const Query query("size=5&tag=a%3Ab&tag=c&name=x+y&bad=%zz&&flag&filter[labels.team]=core");
  CHECK(query.Get("size") == "5");
  CHECK(query.Get("tag") == "a:b");
  CHECK(query.Get("name") == "x y");
  CHECK(query.Get("flag") == "");
  CHECK(query.Get("filter[labels.team]") == "core");
  CHECK_FALSE(query.Get("bad").has_value());
  CHECK_FALSE(query.Get("absent").has_value());
  CHECK(query.pairs().size() == 6);
  CHECK(query.pairs()[2].second == "c");
  CHECK(Query("a=b;c&size=5;d&x=1").pairs().size() == 1);
}

}  // namespace skyden::http
