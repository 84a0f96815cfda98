// SPDX-License-Identifier: Apache-2.0
#include "tests/store/prover.h"

#include <catch2/catch.hpp>
#include <cstring>

namespace skyden::store::testing {
namespace {

// A blueprint with one statement's text replaced.
std::vector<std::string> ProveWith(StatementId id, std::string_view text) {
  std::vector<Statement> catalogue(Catalogue().begin(), Catalogue().end());
  catalogue[static_cast<size_t>(id)].text = text;
  sqlite::Blueprint blueprint;
  blueprint.catalogue = catalogue;
  return Prove(blueprint);
}

TEST_CASE("every statement, view and guard keeps owners apart", "[store][prover]") {
  for (const std::string& complaint : Prove(sqlite::Blueprint())) {
    UNSCOPED_INFO(complaint);
    CHECK(complaint.empty());
  }
  CHECK(Catalogue().size() == kStatementCount);
  CHECK(sqlite::Controls().size() == sqlite::kControlCount);
}

TEST_CASE("the prover refuses statements that would get past a reader", "[store][prover]") {
  const std::string_view text = GENERATE(
      as<std::string_view>(),
      // A common table expression that takes a view's name.
      "WITH v_resource AS (SELECT * FROM resource)"
      " SELECT tenant, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
      " revision, version, deleted FROM v_resource"
      " WHERE type = $1 AND mesh = $2 AND name = $3 AND deleted = 0",
      // The base table itself.
      "SELECT tenant FROM resource WHERE type = $1 AND mesh = $2 AND name = $3",
      // The base table, with its owner named by the caller.
      "SELECT tenant FROM resource WHERE tenant = $1 AND type = $2 AND mesh = $3",
      // Beside the view.
      "SELECT tenant FROM v_resource WHERE type = $1 AND mesh = $2"
      " AND name IN (SELECT name FROM resource WHERE type = $3)",
      // Another view than declared.
      "SELECT tenant FROM v_resource_count WHERE type = $1 AND mesh = $2 AND name = $3",
      // No owner in front.
      "SELECT mesh, tenant FROM v_resource WHERE type = $1 AND mesh = $2 AND name = $3",
      // Two statements.
      "SELECT tenant FROM v_resource WHERE type = $1 AND mesh = $2 AND name = $3; SELECT 1",
      "PRAGMA table_list", "ATTACH $1 AS x", "SELECT tenant, load_extension($1) FROM v_resource",
      "SELECT tenant FROM v_resource -- WHERE\n");
  INFO(text);
  CHECK_FALSE(ProveWith(StatementId::kFindResource, text).empty());
}

TEST_CASE("the prover refuses writes that do not name their owner", "[store][prover]") {
  const std::string_view text = GENERATE(
      as<std::string_view>(), "DELETE FROM resource WHERE type = $1 AND mesh = $2 AND name = $3",
      "DELETE FROM resource WHERE tenant = $1 AND type = $2 AND mesh = $3",
      "DELETE FROM resource WHERE tenant = current_tenant() OR type = $1 AND mesh = $2 AND name = "
      "$3",
      "DELETE FROM token WHERE organization = current_organization() AND account = $1",
      "INSERT OR REPLACE INTO resource (tenant, type) VALUES (current_tenant(), $1)",
      "INSERT INTO resource (tenant, type) VALUES ($1, $2)", "DELETE FROM resource");
  INFO(text);
  CHECK_FALSE(ProveWith(StatementId::kRemoveResource, text).empty());
}

TEST_CASE("the prover refuses control statements that do more than control", "[store][prover]") {
  const std::string_view text =
      GENERATE(as<std::string_view>(), "BEGIN EXCLUSIVE", "SAVEPOINT other", "BEGIN; SELECT 1",
               "SELECT tenant FROM resource", "DELETE FROM resource",
               "PRAGMA journal_mode = DELETE", "ATTACH 'x' AS x", "VACUUM", "");
  INFO(text);
  std::vector<sqlite::ControlStatement> controls(sqlite::Controls().begin(),
                                                 sqlite::Controls().end());
  controls[static_cast<size_t>(sqlite::ControlId::kBeginRead)].text = text;
  sqlite::Blueprint blueprint;
  blueprint.controls = controls;
  CHECK_FALSE(Prove(blueprint).empty());
}

TEST_CASE("no statement of the catalogue begins or ends a transaction", "[store][prover]") {
  const std::string_view text = GENERATE(as<std::string_view>(), "BEGIN", "COMMIT", "ROLLBACK",
                                         "SAVEPOINT request", "RELEASE request");
  INFO(text);
  CHECK_FALSE(ProveWith(StatementId::kFindResource, text).empty());
}

}  // namespace
}  // namespace skyden::store::testing
