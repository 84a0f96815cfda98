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
class PostgresEngine;
}

namespace skyden {

// Its engine is SQLite, unless the environment variable SKYDEN_TEST_STORE says "postgres": then a
// database of its own, on the server that tests/postgres/with_cluster.sh runs. Aborts the test
// program when the store cannot be made.
class TestStore {
 public:
  TestStore();
  ~TestStore();

  static bool OnPostgres();

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_; }
  // The types that the daemon ships with; the same for all.
  static const model::TypeRegistry& registry();
  // A data directory, which may hold the store's files too.
  std::string directory() const { return directory_.path(); }

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
  TempDir directory_;
  std::unique_ptr<store::Store> sqlite_;
  std::unique_ptr<store::testing::PostgresEngine> postgres_;
  store::Store* store_ = nullptr;  // the one that is there
};

}  // namespace skyden
