// SPDX-License-Identifier: Apache-2.0
// Takes each fence of the catalogue, of the schema and of the roles out in turn. Each must be told
// twice: by who only looks (postgres_prover.h), and by running. Fences stand one behind the other,
// so one is run without those that would hold in its place: statements and views where no policy
// holds; policies by statements that forget their owner.
#include <cstdio>
#include <map>
#include <set>

#include "fmt/format.h"
#include "store/postgres/migrations.h"
#include "tests/store/play.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/postgres_mutants.h"
#include "tests/store/postgres_prover.h"

namespace skyden::store::testing {
namespace {

constexpr int kSteps = 400;  // of each of three tenants

// With a schema in which the statements and views stand alone.
std::string MakeWithoutPolicies(const std::string& database, const Mutant* mutant) {
  if (std::string error = MakeSchema(database, mutant); !error.empty()) return error;
  AsSuperuser(database,
              "DO $$DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class WHERE relkind = 'r'"
              " AND relnamespace = 'skyden'::regnamespace LOOP EXECUTE"
              " format('ALTER TABLE skyden.%I DISABLE ROW LEVEL SECURITY', t); END LOOP; END$$");
  return "";
}

// All that three tenants are told, and what is left; nullopt when a fence ended it.
std::optional<Told> PlayOn(const std::string& database, std::span<const Statement> catalogue,
                           const Told* expected, Rows rows = Rows::kOne) {
  // In a process of its own: what it tells has to come over.
  constexpr char kEnd = '\x01';
  const auto whole = Apart([&] {
    postgres::Blueprint blueprint;
    blueprint.catalogue = catalogue;
    // So that the changed text is what runs.
    blueprint.rows = rows == Rows::kOne ? postgres::Blueprint::Rows::kOneByOne
                                        : postgres::Blueprint::Rows::kTogether;
    blueprint.tombstones_per_type_max = 2;
    blueprint.removals_per_batch = 4;
    blueprint.self_check = postgres::Blueprint::SelfCheck::kSkipped;
    PostgresOptions options;
    options.logins = {PostgresConnection("skyden_app", database),
                      PostgresConnection("skyden_system", database), ""};
    static const base::FakeClock still(absl::FromUnixSeconds(300));
    options.history = {.bytes_max = 32u << 10, .clock = &still};
    options.readers = 2;
    options.silence = absl::Minutes(2);
    auto store = postgres::OpenStore(std::move(options), Registry(), TestSealer(), blueprint);
    REQUIRE(store.ok());
    Told told = Play(**store, kSteps, expected);
    const bool to_the_end = expected == nullptr || told == *expected;
    store->reset();
    std::string all;
    for (const std::string& each : told) all += each + kEnd;
    return to_the_end ? all + DumpPostgres(database, DumpOf::kComparable) : all;
  });
  if (!whole.has_value()) return std::nullopt;
  Told told(1);
  for (const char c : *whole) {
    if (c == kEnd) {
      told.emplace_back();
    } else {
      told.back() += c;
    }
  }
  return told;
}

// Mutants that nobody could see by running, and why. Each is told by who looks.
bool IsHarmless(const std::string& what) {
  static const std::map<std::string, std::set<std::string>> kReasons = {
      {"the role has no right that the policy would be for then",
       {"journal.app_in without \" FOR INSERT\"",
        "control_plane.system_read without \" FOR SELECT\"",
        "organization_quota.system_read without \" FOR SELECT\"",
        "deleted_control_plane.system_read without \" FOR SELECT\"",
        "organization.system_insert without \" FOR INSERT\"",
        "organization.system_update without \" FOR UPDATE\"",
        "account.system_delete without \" FOR DELETE\"",
        "assigned_role.system_delete without \" FOR DELETE\"",
        "token.system_delete without \" FOR DELETE\"",
        "organization_quota.system_delete without \" FOR DELETE\"",
        "team_member.system_read without \" FOR SELECT\"",
        "team_member.system_delete without \" FOR DELETE\"",
        "usage_hour.system_read without \" FOR SELECT\"",
        "usage_hour.system_delete without \" FOR DELETE\"",
        "past_control_plane.system_read without \" FOR SELECT\"",
        "past_control_plane.system_delete without \" FOR DELETE\"",
        "audit_destination.system_read without \" FOR SELECT\"",
        "audit_destination.system_delete without \" FOR DELETE\"",
        "audit_webhook.system_read without \" FOR SELECT\"",
        "audit_webhook.system_delete without \" FOR DELETE\"",
        "opening.anybody_read without \" FOR SELECT\"",
        "opening.system_update without \" FOR UPDATE\"",
        "schema_version.anybody_read without \" FOR SELECT\"",
        "organization.app_owner WITH CHECK (...) without \"organization = "
        "current_organization()\""}},
      {"it restricts more commands then, and those are restricted to the same",
       {"assigned_role.app_owner_read without \" FOR SELECT\"",
        "assigned_role.app_owner_insert without \" FOR INSERT\""}},
      {"the other clause of the policy says the same",
       {"organization.system_update USING (...) without \"current_system()\"",
        "organization.system_update WITH CHECK (...) without \"current_system()\""}},
      {"rights alone say the same: its policies let in whoever has one",
       {"journal: ENABLE ROW LEVEL SECURITY;", "journal: FORCE ROW LEVEL SECURITY;",
        "schema_version: ENABLE ROW LEVEL SECURITY;", "schema_version: FORCE ROW LEVEL SECURITY;"}},
      {"it asks for the setting twice, and the other time fails",
       {"within_tenant of a setting that may be missing (53)",
        "within_tenant of a setting that may be missing (129)"}},
      {"it is a member of nothing",
       {"skyden_owner INHERIT", "skyden_app INHERIT", "skyden_system INHERIT"}},
      {"it has no right on rows: it becomes the owner, and that one's attribute counts",
       {"skyden_migrate BYPASSRLS"}},
  };
  for (const auto& [reason, mutants] : kReasons) {
    if (!mutants.contains(what)) continue;
    std::printf("  not seen: %s: %s\n", what.c_str(), reason.c_str());
    return true;
  }
  return false;
}

// Conditions that name owners and guard none: another one of the statement says whose rows these
// are, and they say which of them are meant. Told by running alone.
bool NarrowsWithinOwner(const std::string& what) {
  static const std::set<std::string> kAll = {
      "list_accounts_of_zone without \"tenant = current_tenant()\"",
      "delete_tokens_of_control_plane without \"tenant = $1\"",
      "delete_accounts_of_control_plane without \"tenant = $1\"",
      "delete_roles_of_control_plane without \"tenant = $1\"",
      "list_accounts_of_control_plane without \"tenant = $1\"",
      "list_tokens_of_control_plane without \"tenant = $1\"",
      "list_roles_of_control_plane without \"tenant = $1\"",
      "remove_deleted_control_plane without \"tenant = $1\"",
      "system_find_token without \"a.organization = t.organization\"",
      "system_find_token without \"c.tenant = a.tenant\"",
  };
  return kAll.contains(what);
}

struct Tally {
  int mutants = 0;
  int proved = 0;
  int seen = 0;
  std::vector<std::string> missed;

  void Add(const std::string& what, bool is_proved, bool is_seen, bool must_be_proved,
           bool must_be_seen) {
    ++mutants;
    proved += is_proved;
    seen += is_seen;
    if (must_be_proved && !is_proved) Miss("not proved: " + what);
    if (must_be_seen && !is_seen && !IsHarmless(what)) Miss("not seen by running: " + what);
  }
  // At once: a run that is cut short has told it.
  void Miss(std::string what) {
    std::printf("  %s\n", what.c_str());
    std::fflush(stdout);
    missed.push_back(std::move(what));
  }
  void Tell(const char* of) const {
    std::printf("%d mutants of %s: %d objected to by the prover, %d seen by running\n", mutants, of,
                proved, seen);
    for (const std::string& what : missed) {
      UNSCOPED_INFO(what);
      CHECK(what.empty());
    }
  }
};

// What is wrong with a database, by looking and by trying. It is not empty afterwards.
struct Verdict {
  std::vector<std::string> looking;
  std::vector<std::string> trying;
};
// `table`: only what concerns it is tried.
Verdict Judge(const std::string& database, const std::string& table = "") {
  Verdict verdict;
  PostgresSubject subject(database);
  Schema schema = subject.ReadSchema();
  verdict.looking = ProveDatabase(database, subject, schema);
  if (!table.empty()) {
    std::erase_if(schema.tables, [&](const auto& each) { return each.first != table; });
    std::erase_if(schema.views, [&](const auto& view) { return TableOf(view) != table; });
  }
  ProveSchema(subject, schema, verdict.trying);
  subject.TryMore(schema, verdict.trying);
  if (table.empty()) subject.TryPowers(verdict.trying);
  return verdict;
}

std::string All(const std::vector<std::string>& complaints) {
  return fmt::format("{}", fmt::join(complaints, "\n"));
}

TEST_CASE("the prover and whoever tries find nothing wrong with what there is",
          "[store][postgres][mutation]") {
  const PostgresDatabase database("template0");
  REQUIRE(MakeSchema(database.name(), nullptr) == "");
  Schema schema;
  {
    PostgresSubject subject(database.name());
    schema = subject.ReadSchema();
    CHECK(All(ProveStatements(subject, schema, Catalogue())) == "");
  }
  std::vector<std::string> tables = {"", "journal"};  // all, and each alone
  for (const auto& [name, table] : schema.tables) tables.push_back(name);
  for (const std::string& table : tables) {
    const PostgresDatabase copy(database.name());
    AsSuperuser(copy.name(), std::string(postgres::EmbeddedRoles()));
    const Verdict verdict = Judge(copy.name(), table);
    INFO(table);
    CHECK(All(verdict.looking) == "");
    CHECK(All(verdict.trying) == "");
  }
}

TEST_CASE("every condition of a statement or view that is taken out is noticed",
          "[store][postgres][mutation]") {
  const PostgresDatabase whole("template0");
  REQUIRE(MakeSchema(whole.name(), nullptr) == "");
  const PostgresDatabase open("template0");
  REQUIRE(MakeWithoutPolicies(open.name(), nullptr) == "");
  const auto played = [&](const std::string& as, Rows rows = Rows::kOne) {
    const PostgresDatabase copy(as);
    AsSuperuser(copy.name(), std::string(postgres::EmbeddedRoles()));
    return PlayOn(copy.name(), Catalogue(), nullptr, rows);
  };
  const std::optional<Told> expected = played(open.name());
  REQUIRE(expected.has_value());
  CHECK(played(open.name()) == expected);   // the script does not wobble
  CHECK(played(whole.name()) == expected);  // policies change nothing for who forgets nothing
  CHECK(played(open.name(), Rows::kMany) == expected);  // nor does how many rows go together

  PostgresSubject subject(whole.name());
  const Schema schema = subject.ReadSchema();
  Tally tally;
  for (const Rows rows : {Rows::kOne, Rows::kMany}) {
    for (const Mutant& mutant : StatementMutants(Catalogue(), rows)) {
      const std::vector<Statement> catalogue = Mutated(Catalogue(), mutant, rows);
      const auto at = static_cast<size_t>(mutant.statement);
      const bool proved = !ProveStatements(subject, schema, {&catalogue[at], 1}).empty();
      const PostgresDatabase copy(open.name());
      AsSuperuser(copy.name(), std::string(postgres::EmbeddedRoles()));
      const bool seen = PlayOn(copy.name(), catalogue, &*expected, rows) != expected;
      tally.Add(mutant.what, proved, seen, mutant.guards_owner && !NarrowsWithinOwner(mutant.what),
                true);
    }
    tally.Tell(rows == Rows::kOne ? "statements" : "statements for many rows");
    tally = Tally();
  }
  for (const Mutant& mutant : ViewMutants(PostgresScripts())) {
    bool proved = false;
    {
      const PostgresDatabase database("template0");
      REQUIRE(MakeSchema(database.name(), &mutant) == "");
      proved = !Judge(database.name(), mutant.table).looking.empty();
    }
    const PostgresDatabase database("template0");
    REQUIRE(MakeWithoutPolicies(database.name(), &mutant) == "");
    const bool seen = PlayOn(database.name(), Catalogue(), &*expected) != expected;
    tally.Add(mutant.what, proved, seen, true, true);
  }
  tally.Tell("views");
}

TEST_CASE("every policy, function and switch of the schema that is taken out is noticed",
          "[store][postgres][mutation]") {
  Tally tally;
  for (const Mutant& mutant : FenceMutants(PostgresScripts())) {
    const PostgresDatabase database("template0");
    if (!MakeSchema(database.name(), &mutant).empty()) {  // cannot even be made
      tally.Add(mutant.what, true, true, true, true);
      continue;
    }
    const Verdict verdict = Judge(database.name(), mutant.table);
    tally.Add(mutant.what, !verdict.looking.empty(), !verdict.trying.empty(), true, true);
  }
  tally.Tell("the schema");
  CHECK(tally.mutants > 100);
}

TEST_CASE("every attribute of a role that is given is noticed", "[store][postgres][mutation]") {
  const PostgresDatabase whole("template0");
  REQUIRE(MakeSchema(whole.name(), nullptr) == "");
  Tally tally;
  for (const RoleMutant& mutant : RoleMutants()) {
    const PostgresDatabase copy(whole.name());
    AsSuperuser(copy.name(), std::string(postgres::EmbeddedRoles()));
    AsSuperuser(copy.name(), mutant.weaken);
    const Verdict verdict = Judge(copy.name());
    AsSuperuser(copy.name(), mutant.mend);
    tally.Add(mutant.what, !verdict.looking.empty(), !verdict.trying.empty(), true, true);
  }
  tally.Tell("roles");
  CHECK(tally.mutants > 20);
}

}  // namespace
}  // namespace skyden::store::testing
