// SPDX-License-Identifier: Apache-2.0
#include "tests/audit/old_database.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "fmt/format.h"
#include "skyden/base/crypto.h"

namespace skyden::audit {

namespace st = store::testing;
using st::RawDatabase;

namespace {

void Run(RawDatabase& db, const store::Binding& as, const std::string& sql) {
  db.slot() = as;
  INFO(sql);
  REQUIRE(db.Execute(sql) == "");
  db.slot() = {};
}

std::string Blob(std::string_view bytes) {
  return fmt::format("x'{}'", base::HexLower(std::string(bytes)));
}

std::string Blob(const store::AuditDigest& digest) {
  return Blob({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

OldDatabase::OldDatabase(Schema schema) : schema_(schema) {
  engine_.Close();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::filesystem::remove(engine_.database() + suffix);
  }
  std::filesystem::remove(engine_.directory() + "/skyden.state");
  {
    RawDatabase db(engine_.database());
    Write(db);
  }
  engine_.Reopen(st::SqliteEngine::Trust::kAsFound);
}

model::OrganizationScope OldDatabase::organization() const {
  return st::System().In(model::OrganizationKey{1});
}

model::TenantScope OldDatabase::ControlPlane(int n) const {
  return st::System().In(model::OrganizationKey{1}, model::TenantKey{n},
                         model::ControlPlaneId(st::Uuid(n)));
}

std::string OldDatabase::Last() const {
  const Chain& own = chains_.at(0);
  return fmt::format("{}:{}", own.length,
                     base::HexLower(std::string(own.last.begin(), own.last.end())));
}

void OldDatabase::Write(RawDatabase& db) {
  const auto steps = static_cast<size_t>(schema_);
  REQUIRE(db.Apply(store::sqlite::EmbeddedMigrations().first(steps)).empty());
  Run(db, {0, 0, true}, "INSERT INTO organization VALUES (1, '" + st::Uuid(1) + "', 'o', 0, 0, 0)");
  for (const int n : {1, 2, 3}) WriteControlPlane(db, n);
  Run(db, {1, 0, false}, "UPDATE control_plane SET gone = 1, id = '#3' WHERE tenant = 3");
  for (const int tenant : {0, 1, 2, 1, 0, 2}) WriteEntry(db, tenant);
  for (const auto& [chain, each] : chains_) WriteMark(db, chain, "end", each.length, each.last);
  WriteMark(db, 0, "webhook", 2, {});
  if (schema_ != Schema::kOneChain) WriteMark(db, 0, "chains", chains_.size() - 1, {});
  Run(db, {},
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", 0x534b5944, steps));
}

void OldDatabase::WriteControlPlane(RawDatabase& db, int n) {
  Run(db, {1, 0, false},
      fmt::format("INSERT INTO control_plane VALUES ({}, 1, '{}', 'cp', '', x'', 1, 1, 'v2', 'c',"
                  " 0, 0, 1, NULL, NULL, '', 0)",
                  n, st::Uuid(n)));
  Run(db, {1, n, false},
      fmt::format("INSERT INTO resource VALUES ({0}, 'Mesh', '', 'default', '', x'', x'', x'', 0,"
                  " 0, 1, 1, 0); INSERT INTO resource_count VALUES ({0}, 'Mesh', '', 1);"
                  " INSERT INTO usage VALUES ({0}, 1, 0, 0)",
                  n));
}

void OldDatabase::WriteEntry(RawDatabase& db, int tenant) {
  const bool one = schema_ == Schema::kOneChain;
  const int number = one ? 0 : tenant;
  Chain& chain = chains_[number];
  const size_t place = lines_.size() + 1;
  store::AuditEntry entry;
  entry.sequence = ++chain.length;
  entry.control_plane = model::ControlPlaneId(tenant == 0 ? "" : st::Uuid(tenant));
  entry.actor_id = "system";
  entry.note = {absl::FromUnixSeconds(1000 + static_cast<int64_t>(place)), "a.b", "Thing", "x", ""};
  entry.hash = chain.last = store::AuditHash(chain.last, store::AuditDocument(entry));
  lines_.push_back(store::AuditLine(entry));
  const std::string at = one ? fmt::format("{}", entry.sequence)
                             : fmt::format("{}, {}, {}", place, number, entry.sequence);
  Run(db, {1, 0, false},
      fmt::format("INSERT INTO audit VALUES (1, {}, {}, '{}', {}, 'system', 'system', '', '', '',"
                  " '', 'a.b', 'Thing', 'x', '', {}, {})",
                  at, tenant, entry.control_plane.str(), absl::ToUnixNanos(entry.note.at),
                  Blob(entry.hash), 300 * entry.sequence));
}

void OldDatabase::WriteMark(RawDatabase& db, int chain, const std::string& name, uint64_t sequence,
                            const store::AuditDigest& hash) {
  const std::string bytes(hash.begin(), hash.end());
  const std::string context =
      chain == 0 ? "audit mark:1:" + name : fmt::format("audit mark:1:{}:{}", chain, name);
  const auto sealed =
      st::TestSealer().Seal(fmt::format("{}:{}", sequence, base::HexLower(bytes)), context);
  const std::string which = schema_ == Schema::kOneChain ? "" : fmt::format("{}, ", chain);
  Run(db, {1, 0, false},
      fmt::format("INSERT INTO audit_mark VALUES (1, {}'{}', {}, {}, {})", which, name, sequence,
                  Blob(hash), Blob(*sealed)));
}

}  // namespace skyden::audit
