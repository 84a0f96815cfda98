// SPDX-License-Identifier: Apache-2.0
// Brings the schema of a file up to date.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "store/sqlite/migrations.h"

namespace skyden::store::sqlite {

// Applies the migrations a file lacks, each in one transaction with its number.
// FAILED_PRECONDITION when the file is a newer version's or not ours.
absl::Status Migrate(const std::string& path, const std::string& vfs,
                     std::span<const Migration> migrations);

}  // namespace skyden::store::sqlite
