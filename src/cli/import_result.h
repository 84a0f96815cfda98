// SPDX-License-Identifier: Apache-2.0
// Imports as the daemon takes them, and what it says of them.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "cli/api_client.h"

namespace skyden::cli {

// POST of a stream of documents, compressed when that is worth it. `name` is what it is called when
// it is too large.
absl::StatusOr<Json> SendImport(const ApiClient& client, const std::string& path, std::string text,
                                const std::string& name);

uint64_t CountIn(const Json& result, const char* name);
// Resources that are created, updated or deleted.
uint64_t ChangesIn(const Json& result);
// "1 created, 2 updated, 0 deleted, 7 unchanged, 0 skipped"
std::string ImportTotals(const Json& result);
// One line a resource, with a sign in front as in a diff, and below it what changes.
void PrintImport(std::ostream& out, const Json& result);

}  // namespace skyden::cli
