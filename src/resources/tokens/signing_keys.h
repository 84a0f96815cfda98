// SPDX-License-Identifier: Apache-2.0
// Which secret signs, and which verifies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/model/resource.h"

namespace skyden::resources {

struct SigningKeyChoice {
  std::string key_id;
  const model::Resource* secret = nullptr;
};
// Of the secrets whose name begins with `prefix`, the one with the highest number at its end (a
// name without a number counts as 0, the first of equals wins). nullopt when there is none.
std::optional<SigningKeyChoice> LatestSigningKey(const std::vector<const model::Resource*>& secrets,
                                                 std::string_view prefix);
// NOT_FOUND in Kuma's words. `mesh` empty: a GlobalSecret.
absl::Status SigningKeyNotFound(std::string_view prefix, std::string_view key_id,
                                std::string_view mesh);

}  // namespace skyden::resources
