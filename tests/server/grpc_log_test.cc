// SPDX-License-Identifier: Apache-2.0
#include "server/grpc_log.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "skyden/base/limits.h"

namespace skyden::server {
namespace {

TEST_CASE(
    "a library that is made to talk without an end says so much a second, and what is missing",
    "[server][log]") {
  base::FakeClock clock;
  std::vector<std::pair<std::string, uint64_t>> lines;
  LibraryLog log(clock, [&](std::string_view message, uint64_t left_out) {
    lines.emplace_back(message, left_out);
  });
  constexpr auto kBurst = static_cast<size_t>(base::limits::kLibraryLinesBurst);
  for (size_t i = 0; i < kBurst + 1000; ++i) log.Take("bad frame");
  CHECK(lines.size() == kBurst);
  CHECK(lines.back().second == 0);
  clock.Advance(absl::Seconds(1));
  for (int i = 0; i < 1000; ++i) log.Take("later");
  REQUIRE(lines.size() == kBurst + static_cast<size_t>(base::limits::kLibraryLinesPerSecond));
  CHECK(lines[kBurst] == std::pair<std::string, uint64_t>("later", 1000));
  CHECK(lines[kBurst + 1].second == 0);
}

}  // namespace
}  // namespace skyden::server
