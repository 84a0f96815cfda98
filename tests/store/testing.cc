// SPDX-License-Identifier: Apache-2.0
#include "tests/store/testing.h"

#include "fmt/format.h"
#include "skyden/base/check.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::store::testing {

const model::TypeRegistry& Registry() {
  static const model::TypeRegistry* const registry = [] {
    auto loaded = model::TypeRegistry::LoadEmbedded();
    SKYDEN_CHECK(loaded.ok());
    return new model::TypeRegistry(*std::move(loaded));
  }();
  return *registry;
}

model::TypeId Type(const std::string& name) {
  const model::TypeDescriptor* type = Registry().FindByName(name);
  SKYDEN_CHECK(type != nullptr);
  return type->id;
}

const Sealer& TestSealer() {
  static const Sealer* const sealer = [] {
    const TempDir dir;
    auto loaded = LoadSealer(dir / "secrets.key");
    SKYDEN_CHECK(loaded.ok());
    return loaded->release();
  }();
  return *sealer;
}

SqliteEngine::SqliteEngine(const sqlite::Blueprint& blueprint, SqliteOptions options)
    : blueprint_(blueprint), options_(std::move(options)) {
  Reopen();
}

void SqliteEngine::Reopen(Trust trust) {
  Close();
  SqliteOptions options;
  options.directory = dir_.path();
  options.readers = options_.readers;
  options.vfs = options_.vfs;
  options.synchronous = options_.synchronous;
  options.quota = options_.quota;
  options.history = options_.history;
  auto held = HoldDatabase(dir_.path(), {.signs = {}, .trust = trust});
  INFO(held.status());
  REQUIRE(held.ok());
  options.held = *std::move(held);
  auto opened = sqlite::OpenStore(std::move(options), Registry(), TestSealer(), blueprint_);
  INFO(opened.status());
  REQUIRE(opened.ok());
  store_ = *std::move(opened);
}

std::string Uuid(int n) { return fmt::format("00000000-0000-4000-8000-{:012}", n); }

model::OrganizationScope NewOrganization(Store& store, int n) {
  OrganizationRecord record;
  record.id = model::OrganizationId(Uuid(n));
  record.name = fmt::format("organization-{}", n);
  auto key = store.InsertOrganization(System(), record);
  INFO(key.status());
  REQUIRE(key.ok());
  return System().In(*key);
}

ControlPlaneRecord ControlPlaneOf(int n, const std::string& name) {
  ControlPlaneRecord record;
  record.id = model::ControlPlaneId(Uuid(n));
  record.name = name;
  record.cluster_id = Uuid(n + 1'000'000);
  record.created_at = absl::FromUnixSeconds(1'700'000'000 + n);
  record.updated_at = record.created_at;
  return record;
}

model::TenantScope NewControlPlane(Store& store, const model::OrganizationScope& organization,
                                   int n, const std::string& name) {
  ControlPlaneRecord record = ControlPlaneOf(n, name);
  const absl::Status status = store.WriteDirectory(
      organization, [&record](DirectoryTx& tx) { return tx.InsertControlPlane(record); });
  INFO(status);
  REQUIRE(status.ok());
  return System().In(organization.organization(), record.tenant, record.id);
}

model::Resource NewResource(const std::string& type, const std::string& mesh,
                            const std::string& name, const std::string& spec) {
  model::Resource r;
  r.type = Type(type);
  r.key = {mesh, name};
  r.spec = spec;
  r.creation_time = absl::FromUnixSeconds(1'700'000'000);
  r.modification_time = absl::FromUnixSeconds(1'700'000'001);
  return r;
}

model::Resource Put(Store& store, const model::TenantScope& scope, model::Resource resource) {
  const auto revision =
      store.Write(scope, [&resource](WriteTx& tx) { return tx.PutResource(resource); });
  INFO(revision.status());
  REQUIRE(revision.ok());
  CHECK(resource.revision == *revision);
  return resource;
}

absl::StatusOr<model::Revision> Delete(Store& store, const model::TenantScope& scope,
                                       const std::string& type, const model::ResourceKey& key) {
  return store.Write(scope, [&](WriteTx& tx) { return tx.DeleteResource(Type(type), key); });
}

std::optional<model::Resource> Find(Store& store, const model::TenantScope& scope,
                                    const std::string& type, const model::ResourceKey& key) {
  std::optional<model::Resource> found;
  const absl::Status status = store.Read(scope, [&](ReadTx& tx) {
    auto result = tx.FindResource(Type(type), key);
    if (result.ok()) found = *result;
    return result.status();
  });
  INFO(status);
  REQUIRE(status.ok());
  return found;
}

std::vector<model::Resource> List(Store& store, const model::TenantScope& scope,
                                  const std::string& type, const std::optional<std::string>& mesh) {
  std::vector<model::Resource> found;
  const absl::Status status = store.Read(scope, [&](ReadTx& tx) {
    auto result = tx.ListResources(Type(type), mesh);
    if (result.ok()) found = *std::move(result);
    return result.status();
  });
  INFO(status);
  REQUIRE(status.ok());
  return found;
}

absl::StatusOr<std::vector<model::Resource>> Changes(Store& store, const model::TenantScope& scope,
                                                     const std::string& type,
                                                     model::Revision since) {
  absl::StatusOr<std::vector<model::Resource>> found = std::vector<model::Resource>();
  const absl::Status status = store.Read(scope, [&](ReadTx& tx) {
    found = tx.ListChanges(Type(type), since);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return found;
}

uint64_t Count(Store& store, const model::TenantScope& scope, const std::string& type,
               const std::optional<std::string>& mesh) {
  uint64_t count = 0;
  const absl::Status status = store.Read(scope, [&](ReadTx& tx) {
    auto result = tx.CountResources(Type(type), mesh);
    if (result.ok()) count = *result;
    return result.status();
  });
  INFO(status);
  REQUIRE(status.ok());
  return count;
}

std::vector<std::string> Names(const std::vector<model::Resource>& resources) {
  std::vector<std::string> names;
  for (const model::Resource& r : resources) {
    names.push_back(r.key.mesh.empty() ? r.key.name : r.key.mesh + "/" + r.key.name);
  }
  return names;
}

AccountRecord NewAccount(int n, const std::string& name) {
  AccountRecord account;
  account.id = model::AccountId(Uuid(n));
  account.name = name.empty() ? fmt::format("account-{}", n) : name;
  account.created_at = absl::FromUnixSeconds(1'700'000'000 + n);
  account.updated_at = account.created_at;
  return account;
}

TokenRecord NewToken(const std::string& id, const AccountRecord& account) {
  TokenRecord token;
  token.id = model::TokenId(id);
  token.account = account.id;
  token.name = "token";
  token.sha256.fill(static_cast<uint8_t>(id.size()));
  token.created_at = absl::FromUnixSeconds(1'700'000'000);
  token.updated_at = token.created_at;
  return token;
}

TokenRecord NewSession(const std::string& id, const AccountRecord& account,
                       const std::string& parent) {
  TokenRecord session = NewToken(id, account);
  session.kind = TokenRecord::Kind::kSession;
  session.parent = model::TokenId(parent);
  return session;
}

}  // namespace skyden::store::testing
