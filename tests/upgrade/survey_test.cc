// SPDX-License-Identifier: Apache-2.0
// The survey as a whole: what it spares, its bounds, and that its kinds are told apart.
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "tests/upgrade/testing.h"

namespace skyden::upgrade {
namespace {

using testing::Surveyed;

TEST_CASE("a new mesh's own policies are no findings, and are written anew", "[upgrade]") {
  constexpr char kTo[] =
      R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1h0m0s"}}])";
  const auto timeouts = [&](const std::string& kind) {
    return R"({"targetRef":{"kind":"Mesh","proxyTypes":[")" + kind + R"("]},)" + kTo +
           R"(,"from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"2h0m0s"}}]})";
  };
  const Surveyed surveyed =
      Surveyed()
          .Add("MeshTimeout", "mesh-timeout-all-demo", timeouts("Sidecar"))
          .Add("MeshTimeout", "mesh-gateways-timeout-all-demo", timeouts("Gateway"))
          .Add("MeshRetry", "mesh-retry-all-demo", R"({"targetRef":{"kind":"Mesh"}})");
  CHECK(surveyed.Findings().empty());
  CHECK(surveyed.Changes() ==
        "MeshTimeout/mesh-gateways-timeout-all-demo -\n"
        R"(MeshTimeout/mesh-timeout-all-demo {"spec":{"targetRef":{"kind":"Mesh"},)"
        R"("rules":[{"default":{"idleTimeout":"2h0m0s"}}]}})"
        "\n"
        R"(MeshTimeout/mesh-timeout-to-all-demo {"spec":{"targetRef":{"kind":"Mesh"},)" +
            std::string(kTo) + "}}\n");
}

TEST_CASE("what the upgrade would write it would not write again", "[upgrade]") {
  const Surveyed after =
      Surveyed()
          .Add("MeshTimeout", "mesh-timeout-all-demo",
               R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{"idleTimeout":"2h0m0s"}}]})")
          .Add("MeshTimeout", "t",
               R"({"to":[{"targetRef":{"kind":"MeshService","labels":{"a":"b"}},"default":{}}]})");
  CHECK(after.Findings().empty());
  CHECK(after.Changes().empty());
}

TEST_CASE("a survey tells so many findings, and counts the rest", "[upgrade]") {
  Surveyed surveyed;
  for (int i = 0; i < 5; ++i) surveyed.Add("Timeout", "t" + std::to_string(i), "{}");
  const Survey survey = surveyed.Run({.findings = 2});
  CHECK(survey.findings.size() == 2);
  CHECK(survey.findings_left_out == 3);
  CHECK(survey.blocking == 5);
}

TEST_CASE("kinds of findings have names and texts of their own", "[upgrade]") {
  std::set<std::string> ids;
  for (const Kind& kind : AllKinds()) {
    INFO(kind.id);
    CHECK(ids.emplace(kind.id).second);
    CHECK_FALSE(kind.title.empty());
    CHECK_FALSE(kind.effect.empty());
    CHECK_FALSE(kind.advice.empty());
    CHECK_FALSE(kind.group.empty());
    CHECK_FALSE(kind.category.empty());
  }
}

}  // namespace
}  // namespace skyden::upgrade
