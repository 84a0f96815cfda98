// SPDX-License-Identifier: Apache-2.0
// The half of the prover that looks at tables, views and guards.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/store/raw_database.h"

namespace skyden::store::testing {

struct Table {
  std::string name;
  bool strict = false;
  bool has_rowid = true;
  bool has_tenant = false;
  bool has_organization = false;
  bool tenant_is_key = false;  // INTEGER PRIMARY KEY
  bool organization_is_key = false;
  struct Column {
    std::string name, type;
  };
  std::vector<Column> columns;  // those that can be written
};

struct Schema {
  std::map<std::string, Table> tables;
  std::vector<std::string> views;
  std::map<std::string, std::string> guards;  // trigger -> table

  bool IsGuard(const std::string& trigger, const std::string& table) const {
    const auto found = guards.find(trigger);
    return found != guards.end() && found->second == table;
  }
};

Schema ReadSchema(RawDatabase& db);

// Fills every table with rows of several owners and tries everything that must not work.
void ProveSchema(RawDatabase& db, const Schema& schema, std::vector<std::string>& complaints);

}  // namespace skyden::store::testing
