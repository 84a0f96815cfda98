// SPDX-License-Identifier: Apache-2.0
#include "resources/json/text_formats.h"

#include <catch2/catch.hpp>

namespace skyden::resources::json {
namespace {

TEST_CASE("base64 and times", "[text]") {
  CHECK(IsBase64("QUI="));
  CHECK(IsBase64("QUJD"));
  CHECK(!IsBase64(""));
  CHECK(!IsBase64("QUJ"));
  CHECK(!IsBase64("Q=J="));
  CHECK(!IsBase64("===="));
  CHECK(IsDateTime("2026-02-03T04:05:06Z"));
  CHECK(IsDateTime("2026-02-03T04:05:06.789+01:00"));
  CHECK(!IsDateTime("2026-02-03"));
  CHECK(!IsDateTime("2026-13-03T04:05:06Z"));
  CHECK(!IsDateTime("2026-02-30T04:05:06Z"));
  CHECK(!IsDateTime("2026-02-03T24:05:06Z"));
  CHECK(!IsDateTime("2026-02-03T4:05:06Z"));
  // Go's time.Time refuses these afterwards, in its own words.
  CHECK(IsDateTime("2026-02-03t04:05:06z"));
  CHECK(IsDateTime("2026-02-03T04:05:06,5+99:99"));
}

}  // namespace
}  // namespace skyden::resources::json
