// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/self_check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/store/postgres_store.h"
#include "store/postgres/expected.h"
#include "store/postgres/failure.h"
#include "store/postgres/row.h"
#include "store/postgres/self_check_queries.h"

namespace skyden::store {
namespace postgres {
namespace {

using Found = std::vector<std::string>;

absl::StatusOr<Result> Ask(Wire& wire, const char* text, std::string_view what) {
  SKYDEN_ASSIGN_OR_RETURN(Result result, wire.Ask(text));
  if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) return result;
  return ToStatus(result.get(), what);
}

absl::Status AskAll(Wire& wire, std::span<const SelfCheckQuery> queries, Found& found) {
  for (const SelfCheckQuery& query : queries) {
    SKYDEN_ASSIGN_OR_RETURN(const Result result, Ask(wire, query.text, query.name));
    for (int n = 0; n < PQntuples(result.get()); ++n) {
      found.push_back(ResultRow(result.get(), n).String(0));
    }
  }
  return absl::OkStatus();
}

void CheckName(Wire& wire, std::string_view expected, Found& found) {
  if (wire.user() == expected) return;
  found.push_back(fmt::format("{} logs in where {} should: its policies are made for that role",
                              wire.user(), expected));
}

constexpr char kReadPolicies[] = R"sql(
SELECT tablename || '.' || policyname, permissive, pg_catalog.array_to_string(roles, ' '), cmd,
  pg_catalog.btrim(pg_catalog.regexp_replace(coalesce(qual, ''), '\s+', ' ', 'g')),
  pg_catalog.btrim(pg_catalog.regexp_replace(coalesce(with_check, ''), '\s+', ' ', 'g'))
FROM pg_policies WHERE schemaname = 'skyden')sql";

absl::Status CheckPolicies(Wire& wire, Found& found) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result, Ask(wire, kReadPolicies, "policies"));
  std::map<std::string, int> there;
  for (int n = 0; n < PQntuples(result.get()); ++n) {
    there.emplace(ResultRow(result.get(), n).String(0), n);
  }
  for (const Policy& policy : ExpectedPolicies()) {
    const auto at = there.find(std::string(policy.name));
    if (at == there.end()) {
      found.push_back(fmt::format(
          "policy {} is missing: make it again as schema/sql/postgres has it", policy.name));
      continue;
    }
    const ResultRow row(result.get(), at->second);
    const std::string_view columns[] = {policy.permissive, policy.roles, policy.command,
                                        policy.reads, policy.writes};
    int column = 1;
    for (const std::string_view expected : columns) {
      if (row.Bytes(column) == expected) {
        ++column;
        continue;
      }
      found.push_back(fmt::format(
          "policy {} is not as Skyden made it (\"{}\" where \"{}\" should stand): make it again as "
          "schema/sql/postgres has it",
          policy.name, row.Bytes(column), expected));
      break;
    }
    there.erase(at);
  }
  for (const auto& [name, n] : there) {
    found.push_back(fmt::format("policy {} is not one of Skyden's: DROP POLICY", name));
  }
  return absl::OkStatus();
}

// What is granted on single columns counts as well.
constexpr char kReadRelations[] = R"sql(
SELECT c.relname, c.relkind::text,
  pg_catalog.string_agg(DISTINCT g.privilege_type, ' ' ORDER BY g.privilege_type)
    FILTER (WHERE g.grantee = 'skyden_app'::pg_catalog.regrole),
  pg_catalog.string_agg(DISTINCT g.privilege_type, ' ' ORDER BY g.privilege_type)
    FILTER (WHERE g.grantee = 'skyden_system'::pg_catalog.regrole)
FROM pg_class c LEFT JOIN LATERAL (
  SELECT * FROM pg_catalog.aclexplode(c.relacl)
  UNION ALL
  SELECT a.* FROM pg_attribute t, LATERAL pg_catalog.aclexplode(t.attacl) AS a
    WHERE t.attrelid = c.oid
) AS g ON true
WHERE c.relnamespace = 'skyden'::pg_catalog.regnamespace AND c.relkind NOT IN ('i', 'S', 't', 'c')
GROUP BY c.oid, c.relname, c.relkind)sql";

absl::Status CheckRelations(Wire& wire, Found& found) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result, Ask(wire, kReadRelations, "rights"));
  std::map<std::string, int> there;
  for (int n = 0; n < PQntuples(result.get()); ++n) {
    there.emplace(ResultRow(result.get(), n).String(0), n);
  }
  const auto compare = [&](const Relation& relation, const ResultRow& row, int column,
                           std::string_view role, std::string_view expected) {
    if (row.Bytes(column) == expected) return;
    found.push_back(
        fmt::format("role {0} has the rights \"{1}\" on {2} where it needs \"{3}\": REVOKE ALL ON "
                    "skyden.{2} FROM {0}; then grant what it needs",
                    role, row.Bytes(column), relation.name, expected));
  };
  for (const Relation& relation : ExpectedRelations()) {
    const auto at = there.find(std::string(relation.name));
    const std::string kind(1, relation.kind);
    if (at == there.end() || ResultRow(result.get(), at->second).Bytes(1) != kind) {
      found.push_back(fmt::format("{} is missing", relation.name));
      continue;
    }
    const ResultRow row(result.get(), at->second);
    compare(relation, row, 2, "skyden_app", relation.app);
    compare(relation, row, 3, "skyden_system", relation.system);
    there.erase(at);
  }
  for (const auto& [name, n] : there) {
    found.push_back(fmt::format("skyden.{} is not one of Skyden's: move it elsewhere", name));
  }
  return absl::OkStatus();
}

// Versions differ in whether they name a column's table.
constexpr char kReadViews[] = R"sql(
SELECT relname, pg_catalog.btrim(pg_catalog.regexp_replace(pg_catalog.pg_get_viewdef(oid), '\s+',
                                                           ' ', 'g'), ' ;')
FROM pg_class WHERE relnamespace = 'skyden'::pg_catalog.regnamespace AND relkind = 'v')sql";

// "SELECT <columns> FROM <shows>"; nullopt when it is more than columns of one table.
std::optional<std::string> ShownBy(std::string_view definition) {
  constexpr std::string_view kSelect = "SELECT ";
  constexpr std::string_view kFrom = " FROM ";
  const size_t from = definition.find(kFrom);
  if (!definition.starts_with(kSelect) || from == definition.npos) return std::nullopt;
  const std::string_view shows = definition.substr(from + kFrom.size());
  const std::string table = fmt::format("{}.", shows.substr(0, shows.find(' ')));
  const auto plain = [&table](std::string_view text) {
    return absl::StrReplaceAll(base::ToAbsl(text), {{table, absl::string_view()}});
  };
  const bool only_columns =
      absl::c_all_of(plain(definition.substr(kSelect.size(), from - kSelect.size())), [](char c) {
        return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == ',' || c == ' ';
      });
  if (!only_columns) return std::nullopt;
  return plain(shows);
}

absl::Status CheckViews(Wire& wire, Found& found) {
  SKYDEN_ASSIGN_OR_RETURN(const Result result, Ask(wire, kReadViews, "views"));
  std::map<std::string, std::string> there;
  for (int n = 0; n < PQntuples(result.get()); ++n) {
    const ResultRow row(result.get(), n);
    there.emplace(row.String(0), row.String(1));
  }
  for (const View& view : ExpectedViews()) {
    const auto at = there.find(std::string(view.name));
    if (at == there.end()) continue;  // CheckRelations says it
    const auto shows = ShownBy(at->second);
    if (shows == view.shows) continue;
    found.push_back(fmt::format(
        "view {} is not as Skyden made it (it shows \"{}\" where \"{}\" should stand): make it "
        "again as schema/sql/postgres has it",
        view.name, shows.value_or(at->second), view.shows));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Found> FindWeaknesses(Wire& app, Wire& system, const SelfCheckScope& scope) {
  Found found;
  CheckName(app, "skyden_app", found);
  CheckName(system, "skyden_system", found);
  SKYDEN_RETURN_IF_ERROR(AskAll(app, RoleQueries(), found));
  SKYDEN_RETURN_IF_ERROR(AskAll(system, RoleQueries(), found));
  SKYDEN_RETURN_IF_ERROR(AskAll(system, SchemaQueries(), found));
  if (scope.durability == SelfCheckScope::Durability::kAsked) {
    SKYDEN_RETURN_IF_ERROR(AskAll(system, DurabilityQueries(), found));
  }
  if (scope.require_sync) SKYDEN_RETURN_IF_ERROR(AskAll(system, StandbyQueries(), found));
  SKYDEN_RETURN_IF_ERROR(CheckPolicies(system, found));
  SKYDEN_RETURN_IF_ERROR(CheckRelations(system, found));
  SKYDEN_RETURN_IF_ERROR(CheckViews(system, found));
  return found;
}

}  // namespace postgres

absl::StatusOr<std::vector<std::string>> CheckPostgres(const PostgresLogins& logins,
                                                       bool require_sync) {
  using postgres::Wire;
  SKYDEN_ASSIGN_OR_RETURN(const auto app, Wire::Connect({logins.app, logins.ca_file}));
  SKYDEN_ASSIGN_OR_RETURN(const auto system, Wire::Connect({logins.system, logins.ca_file}));
  postgres::SelfCheckScope scope;
  scope.require_sync = require_sync;
  return postgres::FindWeaknesses(*app, *system, scope);
}

}  // namespace skyden::store
