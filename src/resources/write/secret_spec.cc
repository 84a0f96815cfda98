// SPDX-License-Identifier: Apache-2.0
#include "resources/write/secret_spec.h"

#include <fmt/format.h>

#include "kuma/system/v1alpha1/system.pb.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/model/kuma_names.h"

namespace skyden::resources {

std::string DataplaneTokenSigningKey(std::string_view mesh) {
  return fmt::format("{}{}", model::kDataplaneTokenSigningKeyPrefix, mesh);
}

std::string SigningKeyName(std::string_view prefix, std::string_view key_id) {
  if (key_id == "0") return std::string(prefix);
  return fmt::format("{}-{}", prefix, key_id);
}

std::string BuiltinCaCertificateName(std::string_view mesh, std::string_view backend) {
  return fmt::format("{}.ca-builtin-cert-{}", mesh, backend);
}

std::string BuiltinCaKeyName(std::string_view mesh, std::string_view backend) {
  return fmt::format("{}.ca-builtin-key-{}", mesh, backend);
}

bool BelongsToMesh(const model::Resource& secret, std::string_view mesh) {
  // Every secret that a client wrote carries its mesh's label; what the program makes has none. A
  // client may have written to one of those since, so the names count as well.
  if (secret.labels.find(model::kMeshLabel) == secret.labels.end()) return true;
  return IsNamedAsMade({std::string(mesh), secret.key.name});
}

bool IsNamedAsMade(const model::ResourceKey& secret) {
  return secret.name == SigningKeyName(DataplaneTokenSigningKey(secret.mesh), "1") ||
         secret.name.starts_with(BuiltinCaCertificateName(secret.mesh, "")) ||
         secret.name.starts_with(BuiltinCaKeyName(secret.mesh, ""));
}

std::string SecretSpec(std::string_view data) {
  kuma::system::v1alpha1::Secret secret;
  secret.mutable_data()->set_value(data.data(), data.size());
  return secret.SerializeAsString();
}

absl::StatusOr<std::string> SecretData(const model::Resource& secret) {
  kuma::system::v1alpha1::Secret parsed;
  if (!parsed.ParseFromString(secret.spec)) {
    return absl::DataLossError(fmt::format("secret {} does not decode", secret.key.name));
  }
  return std::move(*parsed.mutable_data()->mutable_value());
}

}  // namespace skyden::resources
