// SPDX-License-Identifier: Apache-2.0
// What happens to proxies, for people: previews and readiness say it alike.
#pragma once

#include <string>

#include "cli/api_client.h"

namespace skyden::cli {

// "MeshTimeout demo/slow" of an object with type, mesh and name.
std::string NameOf(const Json& resource);

// Resources that are written or deleted.
void PrintChanges(const Json& answer);
// Groups of proxies, and policies that begin or stop to have effect.
void PrintEffects(const Json& answer);
// How many change, and where.
void PrintSum(const Json& answer);

}  // namespace skyden::cli
