// SPDX-License-Identifier: Apache-2.0
// A database as a version before left it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "skyden/store/audit.h"
#include "skyden/store/store.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"

namespace skyden::audit {

// One organization, two control planes at revision 1, each with a Mesh, and six entries. A third
// control plane was deleted, and what it left is there.
class OldDatabase {
 public:
  enum class Schema : size_t {
    kOneChain = 6,  // one chain of entries for the organization
    kChains = 7,    // one for each control plane too; revisions stand in the rows that describe
  };
  explicit OldDatabase(Schema schema);

  store::Store& store() { return engine_.store(); }
  store::testing::SqliteEngine& engine() { return engine_; }
  // What an export of then says.
  const std::vector<std::string>& lines() const { return lines_; }
  model::OrganizationScope organization() const;
  model::TenantScope ControlPlane(int n) const;
  // The last entry of the organization's own chain, as it was kept.
  std::string Last() const;

 private:
  struct Chain {
    uint64_t length = 0;
    store::AuditDigest last{};
  };

  void Write(store::testing::RawDatabase& db);
  void WriteControlPlane(store::testing::RawDatabase& db, int n);
  void WriteEntry(store::testing::RawDatabase& db, int tenant);
  void WriteMark(store::testing::RawDatabase& db, int chain, const std::string& name,
                 uint64_t sequence, const store::AuditDigest& hash);

  const Schema schema_;
  store::testing::SqliteEngine engine_;
  std::map<int, Chain> chains_;
  std::vector<std::string> lines_;
};

}  // namespace skyden::audit
