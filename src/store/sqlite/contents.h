// SPDX-License-Identifier: Apache-2.0
// What a database file holds that no store has open.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "skyden/store/backup.h"

namespace skyden::store::sqlite {

enum class Pages { kTrusted, kChecked };
// As InspectDatabase. Leaves nothing beside the file. `on_row` may be null; false from it gives up.
absl::StatusOr<DatabaseContents> ReadContents(const std::string& path, Pages pages,
                                              const std::function<bool()>& on_row);

}  // namespace skyden::store::sqlite
