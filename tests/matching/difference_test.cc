// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/difference.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::MakeItem;
using testing::ProxyOf;
using testing::Sidecar;
using testing::TestMesh;
using testing::TypeOf;

constexpr char kSlow[] =
    R"({"targetRef":{"kind":"MeshService","name":"web"},
        "to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})";
constexpr char kOfDb[] =
    R"({"targetRef":{"kind":"MeshService","name":"db"},
        "to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})";
constexpr char kLabelled[] =
    R"({"targetRef":{"kind":"Dataplane","labels":{"team":"core"}},
        "to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})";
constexpr char kNamed[] =
    R"({"targetRef":{"kind":"Dataplane","name":"web"},
        "to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"9s"}}]})";

bool Has(const ModelDifference& difference, const char* type) {
  const auto& types = difference.types();
  return std::find(types.begin(), types.end(), &TypeOf(type)) != types.end();
}

TEST_CASE("a policy that changes makes its type suspect, for whom it selects", "[difference]") {
  TestMesh mesh;
  mesh.Add("MeshRetry", "r", R"({"to":[]})");
  const auto before = mesh.Build();
  mesh.Add("MeshTimeout", "slow", kSlow);
  const auto after = mesh.Build(before.get());
  const ModelDifference difference(*before, *after);
  CHECK(Has(difference, "MeshTimeout"));
  CHECK_FALSE(Has(difference, "MeshRetry"));
  CHECK(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("web")));
  CHECK_FALSE(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("db")));
  CHECK_FALSE(difference.older_may_differ());
}

TEST_CASE("a policy that moves on is looked at on both sides", "[difference]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "slow", kSlow);
  const auto before = mesh.Build();
  mesh.Add("MeshTimeout", "slow", kOfDb);
  const auto after = mesh.Build(before.get());
  const ModelDifference difference(*before, *after);
  CHECK(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("web")));
  CHECK(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("db")));
  CHECK_FALSE(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("cache")));
}

TEST_CASE("services, routes and gateways make every type suspect that says anything",
          "[difference]") {
  struct Case {
    const char* type;
    const char* spec;
  };
  const Case cases[] = {
      {"MeshService", R"({"ports":[{"port":80}]})"},
      {"MeshHTTPRoute", R"({"to":[]})"},
      {"MeshGateway", R"({"selectors":[{"match":{"kuma.io/service":"web"}}]})"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.type);
    TestMesh mesh;
    mesh.Add("MeshTimeout", "slow", kSlow);
    const auto before = mesh.Build();
    mesh.Add(each.type, "new", each.spec);
    const auto after = mesh.Build(before.get());
    const ModelDifference difference(*before, *after);
    CHECK(Has(difference, "MeshTimeout"));
    CHECK_FALSE(Has(difference, "MeshRetry"));
    CHECK(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("cache")));
  }
}

TEST_CASE("nothing that changes is nothing that differs", "[difference]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "slow", kSlow);
  const auto before = mesh.Build();
  const ModelDifference difference(*before, *mesh.Build(before.get()));
  CHECK(difference.types().empty());
  CHECK_FALSE(difference.older_may_differ());
}

TEST_CASE("older policies are told by themselves", "[difference]") {
  TestMesh mesh;
  const auto before = mesh.Build();
  mesh.Add("Timeout", "t", R"({"sources":[{"match":{"kuma.io/service":"*"}}]})");
  const ModelDifference difference(*before, *mesh.Build(before.get()));
  CHECK(difference.older_may_differ());
  CHECK(difference.types().empty());
}

TEST_CASE("proxies are one class as far as policies cannot tell them apart", "[difference]") {
  const auto of = [](const char* address, const char* version, model::Labels labels) {
    labels.emplace("kuma.io/origin", "zone");
    return ProxyOf(labels.contains("team") ? "a" : "b",
                   std::string(R"({"networking":{"address":")") + address +
                       R"(","inbound":[{"port":80,"tags":{"kuma.io/service":"web","version":")" +
                       version + R"("}}]}})",
                   std::move(labels));
  };
  const auto one = of("10.0.0.1", "v1", {});
  const auto elsewhere = of("10.0.0.2", "v1", {});
  const auto other = of("10.0.0.1", "v2", {});
  const auto labelled = of("10.0.0.1", "v1", {{"team", "core"}});
  const auto named = Sidecar("web");
  TestMesh mesh;
  const auto before = mesh.Build();
  const ModelDifference plain(*before, *before);
  CHECK(plain.ClassOf(one) == plain.ClassOf(elsewhere));
  CHECK(plain.ClassOf(one) != plain.ClassOf(other));
  CHECK(plain.ClassOf(one) == plain.ClassOf(labelled));
  // Labels and names count where a policy asks for them.
  mesh.Add("MeshTimeout", "l", kLabelled);
  const auto after = mesh.Build(before.get());
  const ModelDifference asks(*before, *after);
  CHECK(asks.ClassOf(one) != asks.ClassOf(labelled));
  CHECK(asks.ClassOf(one) == asks.ClassOf(elsewhere));
  const ModelDifference asked(*after, *before);
  CHECK(asked.ClassOf(one) != asked.ClassOf(labelled));
  TestMesh by_name;
  by_name.Add("MeshTimeout", "n", kNamed, {{"kuma.io/origin", "zone"}, {"kuma.io/zone", "east"}});
  const auto names = by_name.Build();
  const ModelDifference tells(*names, *names);
  CHECK(tells.ClassOf(named) != tells.ClassOf(Sidecar("db")));
}

}  // namespace
}  // namespace skyden::matching
