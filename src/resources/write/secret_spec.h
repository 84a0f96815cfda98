// SPDX-License-Identifier: Apache-2.0
// The stored form of Secret and GlobalSecret, and the names that are put together.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::resources {

// "dataplane-token-signing-key-<mesh>".
std::string DataplaneTokenSigningKey(std::string_view mesh);
// "<prefix>-<key id>"; key id "0" is the prefix alone.
std::string SigningKeyName(std::string_view prefix, std::string_view key_id);
std::string BuiltinCaCertificateName(std::string_view mesh, std::string_view backend);
std::string BuiltinCaKeyName(std::string_view mesh, std::string_view backend);
// Whether a secret of `mesh` is one that the mesh brought along: made here, not by a client.
bool BelongsToMesh(const model::Resource& secret, std::string_view mesh);

// Whether a secret of a mesh has a name that the program gives.
bool IsNamedAsMade(const model::ResourceKey& secret);

std::string SecretSpec(std::string_view data);
// The bytes that the secret holds. DATA_LOSS when the spec is not one.
absl::StatusOr<std::string> SecretData(const model::Resource& secret);

}  // namespace skyden::resources
