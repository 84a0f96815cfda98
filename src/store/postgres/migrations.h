// SPDX-License-Identifier: Apache-2.0
// The schema, as the steps that lead to it, and the roles that must be there before. Compiled in
// from schema/sql.
#pragma once

#include <span>
#include <string_view>

namespace skyden::store::postgres {

struct Migration {
  std::string_view name;  // "0001_first": applied in this order, each in one transaction
  std::string_view sql;
};

std::span<const Migration> EmbeddedMigrations();
std::string_view EmbeddedRoles();

}  // namespace skyden::store::postgres
