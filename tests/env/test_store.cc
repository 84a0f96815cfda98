// SPDX-License-Identifier: Apache-2.0
#include "tests/env/test_store.h"

#include <cstdlib>
#include <string_view>
#include <utility>

#include "skyden/base/check.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/sqlite_store.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/testing.h"

namespace skyden {

bool TestStore::OnPostgres() {
  const char* const named = std::getenv("SKYDEN_TEST_STORE");
  if (named == nullptr || std::string_view(named) == "sqlite") return false;
  SKYDEN_CHECK(std::string_view(named) == "postgres");
  return true;
}

TestStore::TestStore() {
  if (OnPostgres()) {
    postgres_ = std::make_unique<store::testing::PostgresEngine>();
    store_ = &postgres_->store();
    return;
  }
  store::SqliteOptions options;
  options.directory = directory_.path();
  options.on_fatal = [](const absl::Status&) { std::abort(); };
  sqlite_ =
      store::OpenSqliteStore(std::move(options), registry(), store::testing::TestSealer()).value();
  store_ = sqlite_.get();
}

TestStore::~TestStore() = default;

const model::TypeRegistry& TestStore::registry() { return store::testing::Registry(); }

model::OrganizationKey TestStore::NewOrganization(const std::string& name) {
  store::OrganizationRecord organization;
  organization.id = model::OrganizationId(base::RandomUuid());
  organization.name = name;
  organization.created_at = organization.updated_at = absl::FromUnixSeconds(1'700'000'000);
  return store_->InsertOrganization(model::SystemScope::For("test"), organization).value();
}

model::OrganizationScope TestStore::Organization(model::OrganizationKey key) {
  return model::SystemScope::For("test").In(key);
}

model::TenantScope TestStore::Tenant(const store::ControlPlaneRecord& record) {
  return model::SystemScope::For("test").In(record.organization, record.tenant, record.id);
}

store::ControlPlaneRecord TestStore::NewControlPlane(model::OrganizationKey organization,
                                                     const std::string& name) {
  store::ControlPlaneRecord record;
  record.organization = organization;
  record.id = model::ControlPlaneId(base::RandomUuid());
  record.name = name;
  record.cluster_id = base::RandomUuid();
  record.created_at = record.updated_at = absl::FromUnixSeconds(1'700'000'000);
  SKYDEN_CHECK(store_
                   ->WriteDirectory(
                       Organization(organization),
                       [&record](store::DirectoryTx& tx) { return tx.InsertControlPlane(record); })
                   .ok());
  return record;
}

TestStore::Token TestStore::NewToken(model::OrganizationKey organization, model::Role role,
                                     const store::ControlPlaneRecord* bound,
                                     const std::string& zone,
                                     std::optional<absl::Time> expires_at) {
  identity::NewToken fresh = identity::GenerateToken(identity::TokenKind::kSystemAccount);
  Token token;
  token.text = std::move(fresh.text);
  token.account.id = model::AccountId(base::RandomUuid());
  token.account.kind =
      zone.empty() ? store::AccountRecord::Kind::kSystemAccount : store::AccountRecord::Kind::kZone;
  token.account.name = "test account " + token.account.id.str();
  if (!zone.empty()) token.account.tenant = bound->tenant;
  token.account.zone = model::ZoneName(zone);
  token.account.created_at = absl::FromUnixSeconds(1'700'000'000);
  token.record.id = fresh.id;
  token.record.account = token.account.id;
  token.record.name = "test token";
  token.record.sha256 = fresh.sha256;
  token.record.created_at = token.account.created_at;
  token.record.expires_at = expires_at;
  store::RoleRecord assigned;
  assigned.id = model::RoleId(base::RandomUuid());
  assigned.account = token.account.id;
  assigned.role = role;
  if (bound != nullptr) {
    assigned.tenant = bound->tenant;
    assigned.control_plane = bound->id;
  }
  token.role = assigned.id;
  const absl::Status written = store_->WriteDirectory(
      Organization(organization), [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(token.account));
        if (zone.empty()) SKYDEN_RETURN_IF_ERROR(tx.InsertRole(assigned));
        return tx.InsertToken(token.record);
      });
  SKYDEN_CHECK(written.ok());
  return token;
}

}  // namespace skyden
