// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/router.h"

#include <catch2/catch.hpp>

namespace skyden::http {
namespace {

using Outcome = RouteMatch::Outcome;

struct Routes {
  Router router;
  size_t index = router.Add(Method::kGet, "/");
  size_t meshes = router.Add(Method::kGet, "/meshes");
  size_t mesh = router.Add(Method::kGet, "/meshes/{mesh}");
  size_t put_mesh = router.Add(Method::kPut, "/meshes/{mesh}");
  size_t overviews = router.Add(Method::kGet, "/meshes/{mesh}/dataplanes/_overview");
  size_t dataplane = router.Add(Method::kGet, "/meshes/{mesh}/dataplanes/{name}");
  size_t put_dataplane = router.Add(Method::kPut, "/meshes/{mesh}/dataplanes/{name}");
  size_t rules = router.Add(Method::kGet, "/meshes/{mesh}/dataplanes/{name}/_rules");
  size_t admin = router.Add(Method::kGet, "/meshes/{mesh}/dataplanes/{name}/{kind}");
};

}  // namespace

TEST_CASE("a path finds its route and parameters", "[http]") {
  const Routes r;
  const RouteMatch match = r.router.Find(Method::kGet, "/meshes/default/dataplanes/web-1");
  REQUIRE(match.outcome == Outcome::kFound);
  CHECK(match.route == r.dataplane);
  CHECK(match.parameters["mesh"] == "default");
  CHECK(match.parameters["name"] == "web-1");
  CHECK(match.parameters["other"].empty());
}

TEST_CASE("static segments win over parameters, for the methods they have", "[http]") {
  const Routes r;
  CHECK(r.router.Find(Method::kGet, "/meshes/m/dataplanes/_overview").route == r.overviews);
  CHECK(r.router.Find(Method::kGet, "/meshes/m/dataplanes/d/_rules").route == r.rules);
  CHECK(r.router.Find(Method::kGet, "/meshes/m/dataplanes/d/xds").route == r.admin);
  const RouteMatch put = r.router.Find(Method::kPut, "/meshes/m/dataplanes/_overview");
  REQUIRE(put.outcome == Outcome::kFound);
  CHECK(put.route == r.put_dataplane);
  CHECK(put.parameters["name"] == "_overview");
}

TEST_CASE("empty segments do not count", "[http]") {
  const Routes r;
  CHECK(r.router.Find(Method::kGet, "").route == r.index);
  CHECK(r.router.Find(Method::kGet, "///").route == r.index);
  CHECK(r.router.Find(Method::kGet, "/meshes/").route == r.meshes);
  CHECK(r.router.Find(Method::kGet, "//meshes//default//").route == r.mesh);
}

TEST_CASE("an unknown path is not found, a known one with another method says which would do",
          "[http]") {
  const Routes r;
  CHECK(r.router.Find(Method::kGet, "/nope").outcome == Outcome::kNotFound);
  CHECK(r.router.Find(Method::kGet, "/meshes/m/dataplanes/d/x/y").outcome == Outcome::kNotFound);
  const RouteMatch match = r.router.Find(Method::kPost, "/meshes/default");
  CHECK(match.outcome == Outcome::kWrongMethod);
  CHECK(match.allowed == std::vector<Method>{Method::kGet, Method::kPut});
}

TEST_CASE("parameters are decoded once, and must be text", "[http]") {
  const Routes r;
  CHECK(r.router.Find(Method::kGet, "/meshes/a%2520b").parameters["mesh"] == "a%20b");
  CHECK(r.router.Find(Method::kGet, "/meshes/a%2Fb").parameters["mesh"] == "a/b");
  CHECK(r.router.Find(Method::kGet, "/%6Deshes").route == r.meshes);
  for (const char* bad :
       {"/meshes/%", "/meshes/%zz", "/meshes/%00", "/meshes/%FF", "/meshes/%C0%80"}) {
    CAPTURE(bad);
    CHECK(r.router.Find(Method::kGet, bad).outcome == Outcome::kBadPath);
  }
}

TEST_CASE("a path of very many segments is not found", "[http]") {
  const Routes r;
  std::string path;
  for (int i = 0; i < 4000; ++i) path += "/a";
  CHECK(r.router.Find(Method::kGet, path).outcome == Outcome::kNotFound);
}

TEST_CASE("the table can be walked", "[http]") {
  const Routes r;
  REQUIRE(r.router.routes().size() == 9);
  CHECK(r.router.routes()[r.admin].pattern == "/meshes/{mesh}/dataplanes/{name}/{kind}");
  CHECK(r.router.routes()[r.put_mesh].method == Method::kPut);
}

}  // namespace skyden::http
