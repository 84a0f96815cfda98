// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skyden::store {

// A step of a schema. Each engine has its own, compiled in from schema/sql.
struct Migration {
  std::string_view name;  // "0001_first": applied in this order, each in one transaction
  std::string_view sql;
};

}  // namespace skyden::store
