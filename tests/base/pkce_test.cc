// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/pkce.h"

#include <catch2/catch.hpp>
#include <set>

#include "skyden/base/crypto.h"

namespace skyden::base {

TEST_CASE("a code challenge is that of RFC 7636, appendix B", "[base]") {
  CHECK(CodeChallenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") ==
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST_CASE("a text for one time is a verifier as RFC 7636 wants it, and never the same", "[base]") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string text = RandomOneTimeText();
    CHECK(text.size() == 43);
    CHECK(Base64UrlDecode(text).value().size() == 32);
    CHECK(seen.insert(text).second);
  }
}

}  // namespace skyden::base
