// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "resources/transfer/past.h"
#include "resources/write/mesh_rules.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_names.h"
#include "skyden/resources/access.h"

namespace skyden::resources {
namespace {

// Keys that sign dataplanes' tokens, and which of these tokens are revoked.

struct Content {
  std::vector<model::Resource> resources;
  std::vector<std::string> meshes;
  size_t secrets_left_out = 0;
};

class Copier {
 public:
  Copier(const model::TenantScope& scope, const model::TypeRegistry& registry, CopyKeys keys)
      : scope_(scope), registry_(registry), types_(registry.core()), keys_(keys) {}

  absl::Status Read(store::ReadTx& tx, Content& content) const {
    content = {};
    for (const model::TypeDescriptor& type : registry_.all()) {
      if (!CheckKept(type).ok() || &type == types_.zone) continue;
      SKYDEN_ASSIGN_OR_RETURN(std::vector<model::Resource> all, ReadAuthored(tx, type, {}));
      for (model::Resource& one : all) Add(type, std::move(one), content);
    }
    return absl::OkStatus();
  }

 private:
  bool IsOwn(const model::TypeDescriptor& type, const model::ResourceKey& key) const {
    if (&type == types_.global_secret) {
      const bool never = key.name == model::kInterCpCa || key.name == model::kEnvoyAdminCa;
      return never || keys_ == CopyKeys::kOwn;
    }
    if (&type != types_.secret || keys_ == CopyKeys::kSame) return false;
    return key.name.starts_with(model::kDataplaneTokenPrefix) || IsNamedAsMade(key);
  }

  void Add(const model::TypeDescriptor& type, model::Resource resource, Content& content) const {
    if (IsOwn(type, resource.key)) return;
    if (type.admin_only && !CheckMayRead(scope_, type).ok()) {
      ++content.secrets_left_out;
      return;
    }
    if (&type == types_.mesh) content.meshes.push_back(resource.key.name);
    resource.status.clear();
    content.resources.push_back(std::move(resource));
  }

  const model::TenantScope& scope_;
  const model::TypeRegistry& registry_;
  const model::CoreTypes& types_;
  const CopyKeys keys_;
};

absl::Status TooManyAuthorities() {
  return absl::InvalidArgumentError(
      fmt::format("more than {} certificate authorities would have to be made: copy the keys too",
                  base::limits::kImportAuthorities));
}

// The builtin authorities of its meshes, made anew.
absl::Status AddAuthorities(const model::CoreTypes& types, absl::Time now, Content& content) {
  std::vector<model::Resource> made;
  for (const model::Resource& mesh : content.resources) {
    if (mesh.type != types.mesh->id) continue;
    const auto builtin = rules_proto::AuthoritiesOf(mesh.spec).builtin;
    if (made.size() / 2 + builtin.size() > base::limits::kImportAuthorities) {
      return TooManyAuthorities();
    }
    SKYDEN_ASSIGN_OR_RETURN(auto secrets, MakeAuthorities(builtin, mesh.key.name, now));
    for (MeshSecret& secret : secrets) {
      model::Resource& one = made.emplace_back();
      one.type = types.secret->id;
      one.key = std::move(secret.key);
      one.spec = std::move(secret.spec);
      one.creation_time = one.modification_time = now;
    }
  }
  std::move(made.begin(), made.end(), std::back_inserter(content.resources));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Copy> MakeCopy(store::Store& store, const model::TenantScope& scope,
                              const model::TypeRegistry& registry, const Defaults& defaults,
                              CopyKeys keys, absl::Time now) {
  SKYDEN_RETURN_IF_ERROR(CheckMayRead(scope, *registry.core().mesh));
  auto content = std::make_shared<Content>();
  const Copier copier(scope, registry, keys);
  SKYDEN_RETURN_IF_ERROR(
      store.Read(scope, [&](store::ReadTx& tx) { return copier.Read(tx, *content); }));
  if (content->resources.size() > base::limits::kImportDocuments) {
    return absl::ResourceExhaustedError(
        fmt::format("more than {} resources cannot be copied", base::limits::kImportDocuments));
  }
  if (keys == CopyKeys::kOwn) {
    SKYDEN_RETURN_IF_ERROR(AddAuthorities(registry.core(), now, *content));
  }
  Copy copy;
  copy.resources = content->resources.size();
  copy.secrets_left_out = content->secrets_left_out;
  copy.seed = [content, &defaults](store::WriteTx& tx, const store::ControlPlaneRecord& made) {
    for (const model::Resource& resource : content->resources) {
      model::Resource written = resource;
      SKYDEN_RETURN_IF_ERROR(tx.PutResource(written, 0));
    }
    return defaults.WriteOwn(tx, made, content->meshes);
  };
  return copy;
}

}  // namespace skyden::resources
