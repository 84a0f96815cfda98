// SPDX-License-Identifier: Apache-2.0
#include "kds/tenant_hub.h"

#include <catch2/catch.hpp>

#include "server/services.h"
#include "skyden/resources/copy.h"
#include "skyden/resources/history.h"
#include "skyden/store/change.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/kds_env.h"

namespace skyden::kds {
namespace {

using testing::KdsEnv;
using testing::Registry;

// Makes keys, as far as it is told to; a hub asks it for nothing else.
class KeyMaker final : public resources::ResourceManager {
 public:
  absl::Status MaterialiseKeys(const model::TenantScope&, KeysFor) override {
    ++asked;
    return answer;
  }

  void PutAsync(const model::TenantScope&, resources::PutRequest,
                absl::AnyInvocable<void(absl::StatusOr<resources::PutResult>)>) override {}
  void DeleteAsync(const model::TenantScope&, const model::TypeDescriptor&, model::ResourceKey,
                   DeleteDone) override {}
  void DeleteIfAsync(const model::TenantScope&, const model::TypeDescriptor&, model::ResourceKey,
                     model::Revision, DeleteDone) override {}
  void RestoreAsync(const model::TenantScope&, resources::RestoreRequest,
                    absl::AnyInvocable<void(absl::StatusOr<resources::ImportAnswer>)>) override {}
  absl::StatusOr<resources::Copy> CopyOf(const model::TenantScope&, resources::CopyKeys) override {
    return None();
  }
  absl::Status CheckMayImport(const model::TenantScope&) override { return None(); }
  void ImportAsync(const model::TenantScope&, resources::ImportRequest,
                   absl::AnyInvocable<void(absl::StatusOr<resources::ImportAnswer>)>) override {}
  absl::StatusOr<std::string> Export(const model::TenantScope&,
                                     const resources::ExportRequest&) override {
    return None();
  }
  absl::StatusOr<model::Resource> Get(const model::TenantScope&, const model::TypeDescriptor&,
                                      const model::ResourceKey&) override {
    return None();
  }
  absl::StatusOr<resources::ListResult> List(const model::TenantScope&,
                                             const resources::ListRequest&) override {
    return None();
  }
  absl::StatusOr<resources::ListResult> ListAt(const model::TenantScope&,
                                               const resources::ListRequest&,
                                               model::Revision) override {
    return None();
  }
  absl::Status Seed(store::WriteTx&, const store::ControlPlaneRecord&) override { return None(); }
  absl::Status CreateZone(store::WriteTx&, const model::ZoneName&) override { return None(); }

  int asked = 0;
  absl::Status answer;

 private:
  static absl::Status None() { return absl::UnimplementedError("only makes keys"); }
};

struct Hub {
  Hub() : scope(env.NewControlPlane()) {
    hub = std::make_shared<TenantHub>(
        TenantHub::Deps{Registry(), *env.services().views, keys, env.clock, env.manual(),
                        env.manual(), absl::Milliseconds(50), absl::Milliseconds(500)},
        scope);
  }

  void MeshChanges() {
    store::Change change;
    change.types = {meshes};
    change.revision = 2;
    hub->OnChange(change);
  }

  KdsEnv env{KdsEnv::Time::kManual};
  model::TenantScope scope;
  KeyMaker keys;
  std::shared_ptr<TenantHub> hub;
  const model::TypeId secrets = Registry().core().secret->id;
  const model::TypeId meshes = Registry().core().mesh->id;
};

TEST_CASE("a new mesh's key is made for the first zone that asks for secrets", "[kds]") {
  Hub h;
  REQUIRE(h.hub->Current(h.secrets, 0).ok());
  CHECK(h.keys.asked == 1);
  REQUIRE(h.hub->Current(h.secrets, 0).ok());
  CHECK(h.keys.asked == 1);
  h.MeshChanges();
  REQUIRE(h.hub->Current(h.meshes, 0).ok());
  CHECK(h.keys.asked == 1);
  REQUIRE(h.hub->Current(h.secrets, 0).ok());
  CHECK(h.keys.asked == 2);
}

TEST_CASE("a key that could not be made is made for the next zone that asks", "[kds]") {
  Hub h;
  REQUIRE(h.hub->Current(h.secrets, 0).ok());
  h.MeshChanges();
  h.keys.answer = absl::UnavailableError("the disk is slow");
  CHECK(h.hub->Current(h.secrets, 0).status() == h.keys.answer);
  h.keys.answer = absl::OkStatus();
  REQUIRE(h.hub->Current(h.secrets, 0).ok());
  CHECK(h.keys.asked == 3);
}

}  // namespace
}  // namespace skyden::kds
