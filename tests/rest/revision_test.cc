// SPDX-License-Identifier: Apache-2.0
// The revision that a write tells.
#include <catch2/catch.hpp>

#include "rest/revision_text.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

constexpr char kTimeout[] =
    R"({"type":"MeshTimeout","mesh":"default","name":"t","spec":{"targetRef":{"kind":"Mesh"},)"
    R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}]}})";

struct Told {
  explicit Told(const Answer& answer) {
    const auto header = answer.headers.find("skyden-revision");
    if (header != answer.headers.end()) text = header->second;
    if (const auto place = ParseEventId(text)) {
      epoch = place->epoch;
      revision = place->revision;
    }
  }
  std::string text;
  std::string epoch;
  model::Revision revision = 0;
};

model::Revision Now(RestEnv& env, const std::string& id) {
  model::Revision now = 0;
  const absl::Status read = env.store->Read(env.Inside(id), [&](store::ReadTx& tx) -> absl::Status {
    auto revision = tx.CurrentRevision();
    if (revision.ok()) now = *revision;
    return revision.status();
  });
  REQUIRE(read.ok());
  return now;
}

}  // namespace

TEST_CASE("every write tells the revision that it got, as events do", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = RestEnv::ApiOf(id) + "/meshes/default/meshtimeouts/t";
  const Told created(env.Put(path, kTimeout));
  CHECK(created.epoch == env.store->epoch());
  CHECK(created.revision == Now(env, id));
  const Told updated(env.Put(path, kTimeout));
  CHECK(updated.revision == Now(env, id));
  CHECK(updated.revision >= created.revision);
  CHECK(Told(env.Get(path)).revision <= updated.revision);
  CHECK(Told(env.Get(path)).revision >= created.revision);
  CHECK(Told(env.Get(path + "?format=k8s")).text == Told(env.Get(path)).text);

  const Told deleted(env.Delete(path));
  CHECK(deleted.revision > updated.revision);
  CHECK(deleted.revision == Now(env, id));

  const std::string import = "/v1/mesh/control-planes/" + id + "/ops/import";
  const Told tried(env.Post(import + "?dry_run=true", kTimeout));
  CHECK(tried.text.empty());
  CHECK(Now(env, id) == deleted.revision);
  const Told imported(env.Post(import, kTimeout));
  CHECK(imported.revision == Now(env, id));
  CHECK(imported.revision > deleted.revision);
}

TEST_CASE("what is refused tells no revision", "[rest]") {
  RestEnv env;
  const std::string path = RestEnv::ApiOf(env.NewControlPlane()) + "/meshes/default/meshtimeouts/t";
  CHECK(Told(env.Put(path, "{}")).text.empty());
  CHECK(Told(env.Delete(path)).text.empty());
  CHECK(Told(env.Get(path)).text.empty());
}

}  // namespace skyden::rest
