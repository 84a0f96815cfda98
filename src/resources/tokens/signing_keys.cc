// SPDX-License-Identifier: Apache-2.0
#include "resources/tokens/signing_keys.h"

#include <fmt/format.h>

#include <charconv>

#include "resources/go/text.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

// The number that follows "<prefix>-"; 0 when what follows is none.
int SerialOf(std::string_view name, std::string_view prefix) {
  std::string_view rest = name.substr(prefix.size());
  if (!rest.starts_with('-')) return 0;
  rest.remove_prefix(1);
  int serial = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), serial);
  const bool whole = error == std::errc() && end == rest.data() + rest.size();
  return whole ? serial : 0;
}

}  // namespace

std::optional<SigningKeyChoice> LatestSigningKey(const std::vector<const model::Resource*>& secrets,
                                                 std::string_view prefix) {
  int highest = -1;
  const model::Resource* latest = nullptr;
  for (const model::Resource* secret : secrets) {
    if (!secret->key.name.starts_with(prefix)) continue;
    const int serial = SerialOf(secret->key.name, prefix);
    if (serial <= highest) continue;
    highest = serial;
    latest = secret;
  }
  if (latest == nullptr) return std::nullopt;
  return SigningKeyChoice{fmt::to_string(highest), latest};
}

absl::Status SigningKeyNotFound(std::string_view prefix, std::string_view key_id,
                                std::string_view mesh) {
  const std::string name = GoQuote(SigningKeyName(prefix, key_id));
  const std::string where = mesh.empty()
                                ? fmt::format("GlobalSecret of name {}", name)
                                : fmt::format("Secret of name {} in mesh {}", name, GoQuote(mesh));
  return base::WithTitle(
      absl::NotFoundError(fmt::format("there is no signing key with KID {}. {} is not found. If "
                                      "signing key was rotated, regenerate the token",
                                      key_id, where)),
      "Signing Key not found");
}

}  // namespace skyden::resources
