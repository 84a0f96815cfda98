// SPDX-License-Identifier: Apache-2.0
// A real store in a place of its own, and what tests put into it without asking a service: who owns
// what, who may do what.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/records.h"
#include "skyden/store/store.h"
#include "tests/temp_dir.h"

namespace skyden::store::testing {
class PostgresDatabase;
class PostgresEngine;
class SqliteEngine;
}  // namespace skyden::store::testing

namespace skyden {

// Its engine is SQLite, unless the environment variable SKYDEN_TEST_STORE says "postgres": then a
// database of its own, on the server that tests/postgres/with_cluster.sh runs. Fails the test when
// the store cannot be made.
class TestStore {
 public:
  TestStore();
  ~TestStore();

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_; }
  // As after a restart. Nobody holds on to the one before.
  void Reopen();
  // The same, after somebody who has the database did this to it, with no fence in the way.
  void ReopenAfter(const std::string& sql);
  // The types that the daemon ships with; the same for all.
  static const model::TypeRegistry& registry();
  // nullptr when it is SQLite's.
  const store::testing::PostgresDatabase* database() const;
  // A data directory, which may hold the store's files too.
  std::string directory() const;

  model::OrganizationKey NewOrganization(const std::string& name);
  store::ControlPlaneRecord NewControlPlane(model::OrganizationKey organization,
                                            const std::string& name);
  static model::OrganizationScope Organization(model::OrganizationKey key);
  static model::TenantScope Tenant(const store::ControlPlaneRecord& record);

  struct Token {
    std::string text;
    store::AccountRecord account;
    store::TokenRecord record;
    model::RoleId role;
  };
  // A system account with one role and one token. `bound`: the role is on this control plane, not
  // on all; `zone`: a zone's account instead.
  Token NewToken(model::OrganizationKey organization, model::Role role,
                 const store::ControlPlaneRecord* bound = nullptr, const std::string& zone = "",
                 std::optional<absl::Time> expires_at = std::nullopt);

 private:
  // One of both.
  std::unique_ptr<store::testing::SqliteEngine> sqlite_;
  std::unique_ptr<store::testing::PostgresEngine> postgres_;
  TempDir directory_;  // of who has no files of its own
  store::Store* store_ = nullptr;
};

}  // namespace skyden
