// SPDX-License-Identifier: Apache-2.0
// Looks for what weakens a set-up: fences that are missing or open, rights that nobody needs, a
// server that may lose what it acknowledged.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "store/postgres/wire.h"

namespace skyden::store::postgres {

struct SelfCheckScope {
  // Whether the server must keep what it acknowledges. Tests on servers that need not say no.
  enum class Durability { kAsked, kNotAsked } durability = Durability::kAsked;
  bool require_sync = false;  // a standby too must keep it
};

// In plain words, each with what to do. `app` and `system` are sessions of those who serve.
absl::StatusOr<std::vector<std::string>> FindWeaknesses(Wire& app, Wire& system,
                                                        const SelfCheckScope& scope);

}  // namespace skyden::store::postgres
