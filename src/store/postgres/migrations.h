// SPDX-License-Identifier: Apache-2.0
// The schema, as the steps that lead to it, and the roles that must be there before. Compiled in
// from schema/sql.
#pragma once

#include <span>
#include <string_view>

#include "store/migration.h"

namespace skyden::store::postgres {

std::span<const Migration> EmbeddedMigrations();
std::string_view EmbeddedRoles();

}  // namespace skyden::store::postgres
