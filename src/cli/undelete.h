// SPDX-License-Identifier: Apache-2.0
// The part of `skyden cp` for what was deleted, and for copies.
#pragma once

#include <functional>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "cli/api_client.h"
#include "cli/commands.h"

namespace skyden::cli {

using PrintControlPlane = std::function<void(const Json&)>;

absl::Status ListDeleted(const Context& context, const ApiClient& client);
void AddUndelete(CLI::App& cp, Context& context, const PrintControlPlane& print);
void AddClone(CLI::App& cp, Context& context, const PrintControlPlane& print);

}  // namespace skyden::cli
