// SPDX-License-Identifier: Apache-2.0
// What a Mesh needs beside its row: certificate authorities that are there and right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/resources/codec.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// The part of a Mesh's spec that the rules look at.
struct MeshBackend {
  enum class Kind { kBuiltin, kProvided, kUnknown } kind = Kind::kUnknown;
  std::string name;
  std::string type;
  std::string conf_json;  // "{}" when there is none
};
struct MeshSpec {
  std::string enabled_backend;  // "" when mTLS is off
  bool skip_validation = false;
  std::vector<MeshBackend> backends;
  std::vector<std::string> skip_initial_policies;
};
// DATA_LOSS when `spec` is not a Mesh's.
absl::StatusOr<MeshSpec> ParseMeshSpec(std::string_view spec);

// A secret that must be there once the mesh is written; one that exists already is kept.
struct MeshSecret {
  model::ResourceKey key;
  std::string spec;
};

// What is wrong with a new mesh, or a new version of one, in Kuma's order. `stored` is null for a
// new mesh. Reads the secrets that provided authorities name.
absl::StatusOr<std::vector<base::FieldViolation>> CheckMesh(store::ReadTx& tx,
                                                            model::TypeId secret_type,
                                                            const std::string& mesh,
                                                            const MeshSpec* stored,
                                                            const MeshSpec& written);

// The secrets of builtin authorities that are not in the store, made now. Slow: RSA keys.
absl::StatusOr<std::vector<MeshSecret>> MakeMissingAuthorities(
    const std::vector<MeshBackend>& missing, const std::string& mesh, absl::Time now);
// The builtin backends that lack a secret.
absl::StatusOr<std::vector<MeshBackend>> FindMissingAuthorities(store::ReadTx& tx,
                                                                model::TypeId secret_type,
                                                                const std::string& mesh,
                                                                const MeshSpec& written);

// Names of the secrets that a backend uses.
std::vector<std::string> SecretsUsedBy(const MeshBackend& backend, std::string_view mesh);

}  // namespace skyden::resources
