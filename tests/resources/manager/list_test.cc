// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <random>

#include "resources/manager/list_filter.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

using Names = std::vector<std::string>;

Names NamesIn(const ListResult& result) {
  Names names;
  for (const auto& item : result.items) names.push_back(item->key.name);
  return names;
}

// t-00 to t-11 in mesh `demo`, beside its defaults; half of team core, half of team edge.
void FillDemo(ManagerEnv& env) {
  REQUIRE(env.Put("Mesh", "", "demo").ok());
  for (int i = 0; i < 12; ++i) {
    const std::string labels =
        fmt::format(R"("labels":{{"team":"{}","n":"{}"}},)", i % 2 == 0 ? "edge" : "core", i);
    REQUIRE(env.Put("MeshTimeout", "demo", fmt::format("t-{:02}", i), labels + TimeoutSpec()).ok());
  }
}

TEST_CASE("pages follow each other in the order of mesh and name", "[manager]") {
  ManagerEnv env;
  FillDemo(env);
  ListRequest request = env.Everything("MeshTimeout", "demo");
  request.size = 5;
  Names all;
  for (int page = 0; page < 3; ++page) {
    const ListResult result = env.List(request);
    CHECK(result.total == 14);
    for (const auto& name : NamesIn(result)) all.push_back(name);
    CHECK(result.next_offset.has_value() == (page < 2));
    if (result.next_offset.has_value()) request.offset = *result.next_offset;
  }
  CHECK(all.size() == 14);
  CHECK(std::is_sorted(all.begin(), all.end()));
  request.offset = 100;
  const ListResult beyond = env.List(request);
  CHECK(beyond.total == 14);
  CHECK(beyond.items.empty());
  CHECK_FALSE(beyond.next_offset.has_value());
}

TEST_CASE("a list of every mesh holds those of each", "[manager]") {
  ManagerEnv env;
  FillDemo(env);
  CHECK(env.List(env.Everything("MeshTimeout")).total == 16);
  CHECK(env.List(env.Everything("MeshTimeout", "default")).total == 2);
  CHECK(env.NamesOf("MeshTimeout")[0] == "mesh-gateways-timeout-all-default");
  CHECK(env.NamesOf("Mesh") == Names{"default", "demo"});
}

TEST_CASE("a mesh whose name begins with another's is another mesh", "[manager]") {
  ManagerEnv env;
  for (const std::string mesh : {"demo", "demo-2", "dem"}) {
    REQUIRE(env.Put("Mesh", "", mesh, R"("skipCreatingInitialPolicies":["*"])").ok());
    REQUIRE(env.Put("MeshTimeout", mesh, "in-" + mesh, TimeoutSpec()).ok());
  }
  CHECK(env.NamesOf("MeshTimeout", "demo") == Names{"in-demo"});
  CHECK(env.NamesOf("MeshTimeout", "dem") == Names{"in-dem"});
  CHECK(env.NamesOf("MeshTimeout", "demo-2") == Names{"in-demo-2"});
}

TEST_CASE("filters narrow a list, and its total", "[manager]") {
  ManagerEnv env;
  FillDemo(env);
  ListRequest request = env.Everything("MeshTimeout", "demo");
  request.name_contains = "t-0";
  CHECK(env.List(request).total == 10);
  request.label_filters = {{"team", "core"}};
  CHECK(NamesIn(env.List(request)) == Names{"t-01", "t-03", "t-05", "t-07", "t-09"});
  request.size = 2;
  request.offset = 2;
  CHECK(NamesIn(env.List(request)) == Names{"t-05", "t-07"});
  CHECK(env.List(request).next_offset == 4);
  request.label_filters["n"] = "3";
  request.offset = 0;
  CHECK(NamesIn(env.List(request)) == Names{"t-03"});
  request.label_filters["team"] = "none";
  CHECK(env.List(request).total == 0);
}

TEST_CASE("a filtered list follows what is written", "[manager]") {
  ManagerEnv env;
  FillDemo(env);
  ListRequest request = env.Everything("MeshTimeout", "demo");
  request.label_filters = {{"team", "core"}};
  CHECK(env.List(request).total == 6);
  REQUIRE(env.Delete("MeshTimeout", "demo", "t-03").ok());
  CHECK(env.List(request).total == 5);
  REQUIRE(
      env.Put("MeshTimeout", "demo", "t-02", R"("labels":{"team":"core"},)" + TimeoutSpec()).ok());
  CHECK(env.List(request).total == 6);
  CHECK(NamesIn(env.List(request))[1] == "t-02");
}

TEST_CASE("proxies are found by their tags and by what kind of gateway they are", "[manager]") {
  ManagerEnv env;
  const auto proxy = [&](const std::string& name, const std::string& networking) {
    env.PutFromZone("Dataplane", "default", name, "east",
                    R"({"networking":{"address":"1.1.1.1",)" + networking + "}}");
  };
  proxy("web-1", R"("inbound":[{"port":80,"tags":{"kuma.io/service":"web","version":"v1"}}])");
  proxy("web-2", R"("inbound":[{"port":80,"tags":{"kuma.io/service":"web"}},)"
                 R"({"port":81,"tags":{"kuma.io/service":"api","version":"v2"}}])");
  proxy("edge", R"("gateway":{"type":"BUILTIN","tags":{"kuma.io/service":"edge"}})");
  proxy("kong", R"("gateway":{"tags":{"kuma.io/service":"kong","version":"v1"}})");
  const auto found = [&](auto tags, ListRequest::Gateway gateway) {
    ListRequest request = env.Everything("Dataplane", "default");
    request.tags = tags;
    request.gateway = gateway;
    return NamesIn(env.List(request));
  };
  using Tags = std::vector<std::pair<std::string, std::string>>;
  using enum ListRequest::Gateway;
  CHECK(found(Tags{{"kuma.io/service", "web"}}, kAny) == Names{"web-1", "web-2"});
  CHECK(found(Tags{{"kuma.io/service", "we"}}, kAny) == Names{"web-1", "web-2"});
  // All tags must be on one inbound.
  CHECK(found(Tags{{"kuma.io/service", "web"}, {"version", "v"}}, kAny) == Names{"web-1"});
  CHECK(found(Tags{{"version", "*"}}, kAny) == Names{"kong", "web-1", "web-2"});
  CHECK(found(Tags{{"version", "v9"}, {"version", "v2"}}, kAny) == Names{"web-2"});
  CHECK(found(Tags{{"absent", "x"}}, kAny).empty());
  CHECK(found(Tags{}, kOnly) == Names{"edge", "kong"});
  CHECK(found(Tags{}, kNone) == Names{"web-1", "web-2"});
  CHECK(found(Tags{}, kBuiltin) == Names{"edge"});
  CHECK(found(Tags{}, kDelegated) == Names{"kong"});
  CHECK(found(Tags{{"version", "v1"}}, kOnly) == Names{"kong"});
}

TEST_CASE("lists are refused as Kuma refuses them", "[manager]") {
  ManagerEnv env;
  const auto unknown = env.manager.List(env.scope, env.Everything("MeshTimeout", "nope"));
  CHECK(absl::IsNotFound(unknown.status()));
  CHECK(base::TitleOf(unknown.status()) == "Failed to retrieve Mesh");
  const auto viewer = env.As(model::Role::kViewer);
  CHECK(
      absl::IsPermissionDenied(env.manager.List(viewer, env.Everything("GlobalSecret")).status()));
  CHECK(env.manager.List(viewer, env.Everything("MeshTimeout")).ok());
}

TEST_CASE("a page costs no read while nothing changes, filtered or not", "[manager]") {
  ManagerEnv env;
  FillDemo(env);
  ListRequest request = env.Everything("MeshTimeout", "demo");
  env.List(request);
  request.name_contains = "t-";
  for (int i = 0; i < 10; ++i) env.List(request);  // the mesh's own look-up gets its view
  const auto reads = env.store->counters().reads;
  for (int i = 0; i < 10; ++i) env.List(request);
  CHECK(env.store->counters().reads == reads);
}

TEST_CASE("filtering again looks only at chunks that changed", "[manager]") {
  std::vector<model::Resource> all;
  for (int i = 0; i < 10'000; ++i) {
    all.push_back(store::testing::NewResource("MeshTimeout", "m", fmt::format("r-{:05}", i)));
    all.back().revision = 1;
  }
  const auto empty = std::make_shared<const ResourceView>(
      0, std::vector<std::shared_ptr<const ResourceView::Chunk>>());
  const auto before = Advance(*empty, all, 1);
  int looked = 0;
  const auto ends_in_7 = [&](const model::Resource& resource) {
    ++looked;
    return resource.key.name.ends_with("7");
  };
  const FilteredList first(before, nullptr, ends_in_7);
  CHECK(first.size() == 1'000);
  CHECK(looked == 10'000);
  looked = 0;
  model::Resource gone = all[5'007];
  gone.deleted = true;
  gone.revision = 2;
  const auto after = Advance(*before, {gone}, 2);
  const FilteredList second(after, &first, ends_in_7);
  CHECK(second.size() == 999);
  CHECK(looked <= static_cast<int>(ResourceView::kChunkItems));
  CHECK(second.at(0)->key.name == "r-00007");
  CHECK(second.at(998)->key.name == "r-09997");
}

}  // namespace
}  // namespace skyden::resources::testing
