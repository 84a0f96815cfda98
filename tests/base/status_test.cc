// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/status.h"

#include <catch2/catch.hpp>

namespace skyden::base {
namespace {

TEST_CASE("violations and title ride on a status and come back in order", "[base]") {
  const std::vector<FieldViolation> violations = {{"spec.to[0]", "must be set"},
                                                  {"", "\"quoted\" and\nbroken"}};
  const absl::Status status =
      WithTitle(WithViolations(absl::InvalidArgumentError("no"), violations), "Could not");
  REQUIRE(ViolationsOf(status) == violations);
  REQUIRE(TitleOf(status) == "Could not");
  REQUIRE(status.message() == "no");
}

TEST_CASE("a plain status has neither violations nor title", "[base]") {
  REQUIRE(ViolationsOf(absl::NotFoundError("x")).empty());
  REQUIRE(TitleOf(absl::NotFoundError("x")).empty());
}

TEST_CASE("bytes that are not UTF-8 in a violation do not get lost or throw", "[base]") {
  const absl::Status status =
      WithViolations(absl::InvalidArgumentError("no"), {{"a\xff", "reason"}});
  REQUIRE(ViolationsOf(status).size() == 1);
  REQUIRE(ViolationsOf(status)[0].reason == "reason");
}

absl::StatusOr<int> Half(int n) {
  if (n % 2 != 0) return absl::InvalidArgumentError("odd");
  return n / 2;
}
absl::StatusOr<int> Quarter(int n) {
  SKYDEN_ASSIGN_OR_RETURN(const int half, Half(n));
  return Half(half);
}

TEST_CASE("the macros return the first error", "[base]") {
  REQUIRE(Quarter(8).value() == 2);
  REQUIRE(Quarter(6).status().message() == "odd");
}

}  // namespace
}  // namespace skyden::base
