// SPDX-License-Identifier: Apache-2.0
// Many rows in one statement: what it comes to, whose rows they are, and how rows are reached: by
// their keys.
#include <set>

#include "tests/store/postgres_batches.h"
#include "tests/store/sql_text.h"

namespace skyden::store::testing {
namespace {

TEST_CASE("a planned batch takes as many statements for many rows as for a few",
          "[store][postgres]") {
  for (const int count : {2, 64}) {
    INFO(count);
    Batches batches;
    // The control plane and the rows; the rows, what the history keeps of them, revision, usage and
    // count; the entries of the audit and their end.
    CHECK(batches.Run(Puts(count)).statements == 9);
    // There already, as they are: usage and count stay.
    CHECK(batches.Run(Puts(count)).statements == 7);
  }
}

// All columns of all rows, but for what is random or says when.
int64_t DigestOf(Batches& batches) {
  return AskSuperuser(
      batches.engine().database().name(),
      "SELECT ('x' || left(md5(string_agg(row, E'\\n' ORDER BY row)), 15))::bit(60)::bigint FROM ("
      "SELECT r::text AS row FROM skyden.resource AS r UNION ALL"
      " SELECT (organization, place, chain, sequence, tenant, actor_kind, action, object_type,"
      " object_name, detail, length(hash), total)::text FROM skyden.audit UNION ALL"
      " SELECT (organization, chain, name, sequence)::text FROM skyden.audit_mark UNION ALL"
      " SELECT c::text FROM skyden.resource_count AS c UNION ALL"
      " SELECT u::text FROM skyden.usage AS u) AS all_rows");
}

// Bytes of every value, and none; the same rows again and again.
std::vector<Batches::Request> Mixture(int round) {
  std::vector<Batches::Request> requests;
  for (int i = 0; i < 60; ++i) {
    const std::string name = fmt::format("m-{:02}", i % 23);
    const int what = (i * 7 + round) % 5;
    requests.push_back(
        {name, [name, what, i](WriteTx& tx) -> absl::Status {
           if (what == 0) return tx.DeleteResource(kTimeout, {"default", name});
           model::Resource resource = Timeout(name, "");
           for (int byte = 0; byte < 5 * i; ++byte) {
             resource.spec.push_back(static_cast<char>(byte + what));
           }
           if (what == 1) resource.labels = {{"a", "\xc3\xa9"}, {"b", ""}};
           if (what == 2) resource.status = std::string("\0{},\"\\ NULL\xff", 14);
           if (what == 3) resource.zone = "z";
           if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
           tx.Audit({absl::UnixEpoch(), "test.put", "{\"},NULL", name, "{\"a\": null}"});
           return absl::OkStatus();
         }});
  }
  return requests;
}

TEST_CASE("rows that are written together are those that are written one by one",
          "[store][postgres]") {
  const auto play = [](postgres::Blueprint::Batches batches, postgres::Blueprint::Rows rows) {
    postgres::Blueprint blueprint;
    blueprint.batches = batches;
    blueprint.rows = rows;
    Batches run(blueprint);
    std::vector<int64_t> digests;
    for (int round = 0; round < 5; ++round) {
      CHECK(run.Run(Mixture(round)).commits == 1);
      digests.push_back(DigestOf(run));
    }
    return digests;
  };
  using Planned = postgres::Blueprint::Batches;
  using Rows = postgres::Blueprint::Rows;
  const auto together = play(Planned::kPlanned, Rows::kTogether);
  CHECK(together == play(Planned::kPlanned, Rows::kOneByOne));
  CHECK(together == play(Planned::kByStatement, Rows::kOneByOne));
  CHECK(std::set(together.begin(), together.end()).size() == together.size());
}

TEST_CASE("texts for many rows spell out whose they are, as those for one do",
          "[store][postgres]") {
  size_t found = 0;
  for (const Statement& statement : Catalogue()) {
    if (statement.many.empty()) continue;
    ++found;
    INFO(statement.many);
    const std::string many(statement.many);
    const std::string owner = statement.owner == Owner::kTenant ? "tenant" : "organization";
    std::set<std::string> may_read = {"UNNEST", "LATERAL"};
    if (statement.writes.empty()) {
      CHECK(many.rfind(fmt::format("SELECT r.{}, ", owner), 0) == 0);
      may_read.insert(Tokens(statement.reads).front());
    } else {
      CHECK(many.rfind(fmt::format("INSERT INTO {} ({}, ", statement.writes, owner), 0) == 0);
      CHECK(many.find(fmt::format(" SELECT current_{}(), ", owner)) != std::string::npos);
      CHECK(many.find(owner + " = ") == std::string::npos);
      may_read.insert("V_" + Tokens(statement.writes).front());
    }
    const std::vector<std::string> tokens = Tokens(many);
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      if (tokens[i] == "FROM" || tokens[i] == "JOIN") CHECK(may_read.contains(tokens[i + 1]));
      for (const char* banned : {"WITH", "UNION", "USING", "NATURAL", ";", "\""}) {
        CHECK(tokens[i] != banned);
      }
    }
  }
  CHECK(found == 7);
}

// Asks as the daemon does.
class Asking {
 public:
  explicit Asking(const PostgresEngine& engine) {
    auto wire = postgres::Wire::Connect({engine.database().logins().app, ""});
    REQUIRE(wire.ok());
    wire_ = *std::move(wire);
    for (const char* owner : {"organization", "tenant", "system"}) {
      Ask(fmt::format("SELECT set_config('skyden.{}', '1', false)", owner));
    }
  }
  std::string PlanOf(std::string_view text) {
    int params = 1;
    while (text.find(fmt::format("${}", params + 1)) != std::string_view::npos) ++params;
    std::string nulls = "NULL";
    for (int i = 1; i < params; ++i) nulls += ", NULL";
    Ask(fmt::format("PREPARE looked_at AS {}", text));
    std::string plan = Ask(fmt::format("EXPLAIN EXECUTE looked_at({})", nulls));
    Ask("DEALLOCATE looked_at");
    return plan;
  }

 private:
  std::string Ask(const std::string& text) {
    const auto result = wire_->Ask(text.c_str());
    INFO(text << ": " << result.status());
    REQUIRE(result.ok());
    INFO(PQresultErrorMessage(result->get()));
    REQUIRE(PQresultStatus(result->get()) != PGRES_FATAL_ERROR);
    std::string lines;
    for (int n = 0; n < PQntuples(result->get()); ++n) {
      lines += std::string(PQgetvalue(result->get(), n, 0)) + "\n";
    }
    return lines;
  }

  std::unique_ptr<postgres::Wire> wire_;
};

// What is planned while nobody has analyzed a table is kept for a while.
TEST_CASE("a row is reached by its key, whatever the planner knows", "[store][postgres]") {
  PostgresEngine engine;
  const bool empty = GENERATE(true, false);
  if (!empty) {
    const auto scope = NewControlPlane(engine.store(), NewOrganization(engine.store(), 1), 1);
    for (int i = 0; i < 3; ++i) {
      Put(engine.store(), scope, NewResource("Mesh", "", fmt::format("m-{}", i)));
    }
    AsSuperuser(engine.database().name(), "VACUUM skyden.resource");
  }
  struct Expected {
    StatementId id;
    std::string index;
    std::string compares;
  };
  using enum StatementId;
  const std::string resource_key = "resource_tenant_type_mesh_name_key";
  const Expected all[] = {
      {kFindResource, resource_key, "(name = "},
      {kFindVersion, resource_key, "(name = "},
      {kUpdateResource, resource_key, "(name = "},
      {kDeleteResource, resource_key, "(name = "},
      {kRemoveResource, resource_key, "(name = "},
      {kListChanges, "resource_by_revision", "(revision > "},
      {kPruneAudit, "audit_organization_chain_sequence_key", "(sequence <= "},
      {kListAuditOfControlPlaneAfter, "audit_by_control_plane", "(place > "},
  };
  Asking asking(engine);
  for (const Expected& expected : all) {
    const Statement& statement = Catalogue()[static_cast<size_t>(expected.id)];
    for (const std::string_view text : {statement.text, statement.many}) {
      if (text.empty()) continue;
      const std::string plan = asking.PlanOf(text);
      INFO(text << "\n" << plan);
      CHECK(plan.find("using " + expected.index + " on") != std::string::npos);
      const size_t condition = plan.find("Index Cond:");
      REQUIRE(condition != std::string::npos);
      const std::string line = plan.substr(condition, plan.find('\n', condition) - condition);
      CHECK(line.find(expected.compares) != std::string::npos);
      CHECK(plan.find("Seq Scan") == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace skyden::store::testing
