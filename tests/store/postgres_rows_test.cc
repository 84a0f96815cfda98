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
    // The control plane and the rows; the rows, revision, usage and count; the entries of the audit
    // and their end.
    CHECK(batches.Run(Puts(count)).statements == 8);
    // There already, as they are: usage and count stay.
    CHECK(batches.Run(Puts(count)).statements == 6);
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
  CHECK(found == 6);
}

}  // namespace
}  // namespace skyden::store::testing
