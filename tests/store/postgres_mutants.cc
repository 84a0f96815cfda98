// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_mutants.h"

#include "fmt/format.h"
#include "store/postgres/migrations.h"
#include "store/postgres/wire.h"
#include "tests/store/postgres_engine.h"

namespace skyden::store::testing {
namespace {

// Where one condition ends and another begins, in what stands between parentheses.
constexpr std::string_view kJoints[] = {" AND ", "CASE WHEN ", " THEN ", "ELSE ", " END"};

class FenceFinder {
 public:
  FenceFinder(std::span<const std::string_view> scripts, size_t index, std::vector<Mutant>& mutants)
      : scripts_(scripts), index_(index), sql_(scripts[index]), mutants_(mutants) {}

  void Find() {
    EachPiece(sql_, "CREATE POLICY ", ";",
              [this](Span whole, const std::string& name) { Policy(whole, name); });
    for (const std::string_view words :
         {" ENABLE ROW LEVEL SECURITY;", " FORCE ROW LEVEL SECURITY;"}) {
      EachPiece(sql_, "ALTER TABLE ", ";", [&](Span whole, const std::string& name) {
        if (sql_.substr(whole.end - words.size(), words.size()) != words) return;
        if (whole.In(sql_).find(" NO FORCE") != std::string::npos) return;
        for (const std::string_view later : scripts_.subspan(index_ + 1)) {
          if (later.find(whole.In(sql_)) != std::string_view::npos) return;
        }
        Add(fmt::format("{}:{}", name, words), whole, "", name);
      });
    }
    EachPiece(sql_, "CREATE VIEW ", ";", [this](Span whole, const std::string& name) {
      if (IsMadeAgain(scripts_, index_, "CREATE VIEW ", name)) return;
      Without(whole, " WITH (security_invoker = true)", name, TableOf(name));
    });
    EachPiece(sql_, "CREATE FUNCTION ", "$$;",
              [this](Span whole, const std::string& name) { Function(whole, name); });
  }

 private:
  void Add(std::string what, Span span, std::string_view by, std::string table = "") {
    mutants_.push_back({std::move(what), true, Replace(sql_, span, by), -1,
                        static_cast<int>(index_), std::move(table)});
  }

  void Without(Span whole, std::string_view words, const std::string& name,
               const std::string& table) {
    const size_t at = sql_.find(words, whole.begin);
    if (at >= whole.end) return;
    Add(fmt::format("{} without \"{}\"", name, words), {at, at + words.size()}, "", table);
  }

  void Policy(Span whole, const std::string& policy) {
    const size_t on = sql_.find(" ON ", whole.begin) + 4;
    const std::string table(sql_.substr(on, sql_.find(' ', on) - on));
    const std::string name = fmt::format("{}.{}", table, policy);
    Add(fmt::format("no policy {}", name), whole, "", table);
    Without(whole, " AS RESTRICTIVE", name, table);
    for (const std::string_view command :
         {" FOR SELECT", " FOR INSERT", " FOR UPDATE", " FOR DELETE"}) {
      Without(whole, command, name, table);
    }
    for (const std::string_view clause : {"USING (", "WITH CHECK ("}) {
      const size_t at = sql_.find(clause, whole.begin);
      if (at >= whole.end) continue;
      const size_t begin = at + clause.size();
      for (const Span part : Conditions({begin, Closing(begin)})) {
        if (part.In(sql_) == "true") continue;
        Add(fmt::format("{} {}...) without \"{}\"", name, clause, part.In(sql_)), part, "true",
            table);
      }
    }
  }

  // Of the parenthesis that was opened before `begin`.
  size_t Closing(size_t begin) const {
    int depth = 1;
    for (size_t at = begin;; ++at) {
      if (sql_[at] == '(') ++depth;
      if (sql_[at] == ')' && --depth == 0) return at;
    }
  }

  std::vector<Span> Conditions(Span region) const {
    std::vector<Span> conditions;
    size_t begin = region.begin;
    for (size_t at = region.begin; at < region.end;) {
      size_t joint = 0;
      for (const std::string_view word : kJoints) {
        if (sql_.substr(at, word.size()) == word) joint = word.size();
      }
      if (joint > 0) {
        if (at > begin) conditions.push_back({begin, at});
        begin = at + joint;
      }
      at += joint > 0 ? joint : 1;
    }
    if (region.end > begin) conditions.push_back({begin, region.end});
    for (Span& each : conditions) {  // over several lines
      while (sql_[each.end - 1] == ' ' || sql_[each.end - 1] == '\n') --each.end;
    }
    return conditions;
  }

  void Function(Span whole, const std::string& name) {
    const size_t begin = sql_.find("$$", whole.begin) + 2;
    const Span body{begin, whole.end - 3};
    Add(fmt::format("no function {}", name), whole, "");
    const bool says_yes = body.In(sql_).find("CASE") != std::string::npos ||
                          body.In(sql_).find("= 'yes'") != std::string::npos;
    Add(fmt::format("{} always says {}", name, says_yes ? "yes" : "12"), body,
        says_yes ? "SELECT true" : "SELECT 12::pg_catalog.int8");
    for (size_t at = sql_.find("')", begin); at < body.end; at = sql_.find("')", at + 2)) {
      Add(fmt::format("{} of a setting that may be missing ({})", name, at - begin),
          {at + 1, at + 1}, ", true");
    }
  }

  std::span<const std::string_view> scripts_;
  const size_t index_;
  const std::string_view sql_;
  std::vector<Mutant>& mutants_;
};

}  // namespace

std::vector<std::string_view> PostgresScripts() {
  std::vector<std::string_view> scripts;
  for (const Migration& migration : postgres::EmbeddedMigrations()) {
    scripts.push_back(migration.sql);
  }
  return scripts;
}

std::vector<Mutant> FenceMutants(std::span<const std::string_view> scripts) {
  std::vector<Mutant> mutants;
  for (size_t i = 0; i < scripts.size(); ++i) FenceFinder(scripts, i, mutants).Find();
  return mutants;
}

std::vector<RoleMutant> RoleMutants() {
  std::vector<RoleMutant> mutants;
  const std::string_view script = postgres::EmbeddedRoles();
  const auto add = [&mutants](std::string_view role, std::string_view denied) {
    const std::string_view granted = denied.substr(2);
    mutants.push_back({fmt::format("{} {}", role, granted),
                       fmt::format("ALTER ROLE {} {}", role, granted),
                       fmt::format("ALTER ROLE {} {}", role, denied)});
  };
  std::vector<std::string> roles;
  EachPiece(script, "('", "')", [&](Span whole, const std::string&) {
    const std::string pair = whole.In(script);
    if (pair.rfind("('skyden_", 0) != 0) return;
    roles.push_back(pair.substr(2, pair.find('\'', 2) - 2));
    if (pair.find("'NOLOGIN'") != std::string::npos) add(roles.back(), "NOLOGIN");
  });
  // "CREATE ROLE %I %s NOSUPERUSER NOBYPASSRLS ..."
  size_t begin = script.find("CREATE ROLE %I %s ");
  begin = script.find(" NO", begin);
  const size_t end = script.find("', role.name", begin);
  std::vector<std::string> denied = Tokens(script.substr(begin, end - begin));
  for (const std::string& word : denied) {
    if (word.rfind("NO", 0) != 0) continue;  // a quote between two lines
    for (const std::string& role : roles) add(role, word);
  }
  return mutants;
}

std::string MakeSchema(const std::string& database, const Mutant* mutant) {
  auto wire = postgres::Wire::Connect(PostgresAddress("postgres", database));
  if (!wire.ok()) return wire.status().ToString();
  const std::vector<std::string_view> scripts = PostgresScripts();
  std::string all = "BEGIN;\n";
  all += postgres::EmbeddedRoles();
  for (size_t i = 0; i < scripts.size(); ++i) {
    const bool mutated = mutant != nullptr && mutant->script == static_cast<int>(i);
    all += "SET LOCAL ROLE skyden_owner;\n";
    all += mutated ? std::string_view(mutant->text) : scripts[i];
    all += fmt::format("\nUPDATE skyden.schema_version SET version = {};\nRESET ROLE;\n", i + 1);
  }
  const absl::Status made = (*wire)->RunScript(all + "COMMIT;\n", "schema");
  return made.ok() ? std::string() : made.ToString();
}

}  // namespace skyden::store::testing
