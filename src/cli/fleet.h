// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/status.h"
#include "cli/commands.h"

namespace skyden::cli {

// `skyden zone list --all`: zones of every control plane, those of one status if it is not empty.
absl::Status ListFleetZones(const Context& context, const std::string& status,
                            const ApiClient& client);

}  // namespace skyden::cli
