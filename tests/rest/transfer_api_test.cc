// SPDX-License-Identifier: Apache-2.0
// Imports that say what people want, as their queries ask for them.
#include <catch2/catch.hpp>

#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using Catch::Matchers::Contains;

constexpr char kZone[] = R"({"type":"Zone","name":"east","enabled":true})";

TEST_CASE("an import that says what people want is asked for by its query", "[rest]") {
  RestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane("demo") + "/ops/import";
  struct Case {
    std::string query;
    int status;
    std::string says;
  };
  const Case cases[] = {
      {"?desired=perhaps", 400, "desired"},
      {"?owner=x", 400, "desired"},
      {"?prune=true", 400, "desired"},
      {"?desired=true&prune=true", 400, "owner"},
      {"?desired=true&take_over=true", 400, "owner"},
      {"?desired=true&owner=not%20a%20label", 400, "owner"},
      {"?desired=true&owner=x&prune=maybe", 400, "prune"},
      {"?desired=true&owner=x&prune=true&prune_labels=team", 400, "prune_labels"},
      {"?desired=true&owner=x&dry_run=true", 200, R"("created": 1)"},
      {"?desired=true&owner=x", 200, R"("created": 1)"},
      {"?desired=true&owner=x&prune=true&prune_labels=team%3Da,tier%3Db", 200, R"("unchanged": 1)"},
      {"?desired=true", 200, R"("unchanged": 1)"},
      {"?desired=true&owner=y", 400, "keeps it"},
      {"?desired=true&owner=y&take_over=true", 200, R"("updated": 1)"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.query);
    const Answer answer = env.Post(path + one.query, kZone);
    CHECK(answer.status == one.status);
    CHECK_THAT(answer.body, Contains(one.says));
  }
  // What has no document names none.
  const std::string other = R"({"type":"Zone","name":"west","enabled":true})";
  const Answer pruned = env.Post(path + "?desired=true&owner=y&prune=true", other);
  REQUIRE(pruned.status == 200);
  CHECK(pruned.json()["deleted"] == 1);
  const auto last = pruned.json()["resources"].back();
  CHECK_FALSE(last.contains("document"));
  CHECK(last["outcome"] == "deleted");
  CHECK(last["name"] == "east");
}

}  // namespace
}  // namespace skyden::rest
