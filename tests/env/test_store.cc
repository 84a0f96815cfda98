// SPDX-License-Identifier: Apache-2.0
#include "tests/env/test_store.h"

#include <catch2/catch.hpp>
#include <utility>

#include "skyden/base/check.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/raw_database.h"
#include "tests/store/testing.h"

namespace skyden {

namespace st = store::testing;

TestStore::TestStore() {
  if (st::OnPostgres()) {
    postgres_ = std::make_unique<st::PostgresEngine>();
    store_ = &postgres_->store();
  } else {
    sqlite_ = std::make_unique<st::SqliteEngine>();
    store_ = &sqlite_->store();
  }
}

void TestStore::Reopen() { ReopenAfter(""); }

void TestStore::ReopenAfter(const std::string& sql) {
  if (postgres_ != nullptr) {
    postgres_->Close();
    if (!sql.empty()) {
      st::AsSuperuser(postgres_->database().name(), "SET search_path = skyden;" + sql);
    }
    postgres_->Reopen();
    store_ = &postgres_->store();
    return;
  }
  sqlite_->Close();
  if (!sql.empty()) {
    st::RawDatabase db(sqlite_->database());
    for (const auto& guard : db.Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'")) {
      REQUIRE(db.Execute("DROP TRIGGER " + guard[0]) == "");
    }
    INFO(sql);
    REQUIRE(db.Execute(sql) == "");
  }
  sqlite_->Reopen(sql.empty() ? st::SqliteEngine::Trust::kAsLeft
                              : st::SqliteEngine::Trust::kAsFound);
  store_ = &sqlite_->store();
}

const st::PostgresDatabase* TestStore::database() const {
  return postgres_ != nullptr ? &postgres_->database() : nullptr;
}

std::string TestStore::directory() const {
  return sqlite_ != nullptr ? sqlite_->directory() : directory_.path();
}

TestStore::~TestStore() = default;

const model::TypeRegistry& TestStore::registry() { return st::Registry(); }

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
  return model::SystemScope::For("test").In(record.organization, record.tenant, record.id,
                                            record.version());
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
