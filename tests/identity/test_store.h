// SPDX-License-Identifier: Apache-2.0
// A real store on disk in a directory of its own, with two organizations' worth of helpers.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "skyden/base/clock.h"
#include "skyden/identity/tokens.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/records.h"
#include "skyden/store/sealer.h"
#include "skyden/store/sqlite_store.h"
#include "skyden/store/store.h"
#include "tests/temp_dir.h"

namespace skyden::identity {

// Aborts the test program when the store cannot be made.
class TestStore {
 public:
  TestStore();

  store::Store& operator*() { return *store_; }
  store::Store* operator->() { return store_.get(); }
  const model::TypeRegistry& registry() const { return registry_; }
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
  model::TypeRegistry registry_;
  std::unique_ptr<store::Sealer> sealer_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace skyden::identity
