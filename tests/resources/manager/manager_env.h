// SPDX-License-Identifier: Apache-2.0
// Resources of a control plane as people and zones change them, over what serves tenants
// (tests/env/test_env.h).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "skyden/resources/codec.h"
#include "skyden/resources/kuma_tokens.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "tests/env/test_env.h"
#include "tests/store/testing.h"

namespace skyden::resources::testing {

inline const ResourceCodec& Codec() { return TestEnv::codec(); }
const model::TypeDescriptor& Type(const std::string& name);

struct Features {
  bool mesh_creation = true;
  bool hostname_generator_creation = true;
};

class ManagerEnv : public TestEnv {
 public:
  ManagerEnv();

  // A seeded control plane.
  model::TenantScope NewControlPlane(int n, Features features = {});
  // The control plane of `scope` in the hands of a fresh account with this role.
  model::TenantScope As(model::Role role);
  // In the hands of one of its zones.
  model::TenantScope AsZone();
  // Of who brings a user token of its own, which names a group.
  model::TenantScope AsKumaUser();

  absl::StatusOr<PutResult> PutBody(const std::string& type, const model::ResourceKey& key,
                                    std::string body);
  absl::StatusOr<PutResult> PutBodyAs(const model::TenantScope& who, const std::string& type,
                                      const model::ResourceKey& key, std::string body);
  // `rest`: JSON members after type, mesh and name, e.g. R"("spec":{})"; may be empty.
  absl::StatusOr<PutResult> Put(const std::string& type, const std::string& mesh,
                                const std::string& name, const std::string& rest = "");
  absl::Status Delete(const std::string& type, const std::string& mesh, const std::string& name);
  absl::Status DeleteAs(const model::TenantScope& who, const std::string& type,
                        const std::string& mesh, const std::string& name);
  absl::StatusOr<model::Resource> Get(const std::string& type, const std::string& mesh,
                                      const std::string& name);
  ListResult List(ListRequest request);
  ListRequest Everything(const std::string& type, std::optional<std::string> mesh = std::nullopt);
  std::vector<std::string> NamesOf(const std::string& type,
                                   std::optional<std::string> mesh = std::nullopt);
  // Puts a resource as if it came from a zone.
  void PutFromZone(const std::string& type, const std::string& mesh, const std::string& name,
                   const std::string& zone, const std::string& spec_json = "{}");
  // Straight into the store.
  void Store(model::Resource resource);
  std::string SecretText(const std::string& type, const std::string& mesh, const std::string& name);

  ResourceViews& views;
  ResourceManager& manager;
  KumaTokens& tokens;
  model::TenantScope scope;
};

// "spec" of a MeshTimeout that does.
std::string TimeoutSpec(const std::string& connection_timeout = "5s");
// Violations as `field: reason` lines.
std::vector<std::string> Reasons(const absl::Status& status);

}  // namespace skyden::resources::testing
