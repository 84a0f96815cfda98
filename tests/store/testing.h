// SPDX-License-Identifier: Apache-2.0
// What the tests of the store share: a place on disk, a registry, engines, control planes.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/records.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"
#include "store/sqlite/blueprint.h"
#include "tests/temp_dir.h"

namespace skyden::store::testing {

// The types the daemon ships with.
const model::TypeRegistry& Registry();
model::TypeId Type(const std::string& name);
const Sealer& TestSealer();

// A store on disk that can be closed and opened again.
class SqliteEngine {
 public:
  SqliteEngine() : SqliteEngine(sqlite::Blueprint()) {}
  explicit SqliteEngine(const sqlite::Blueprint& blueprint, SqliteOptions options = {});
  Store& store() { return *store_; }
  void Close() { store_.reset(); }
  using Trust = HoldOptions::Trust;
  void Reopen(Trust trust = Trust::kAsLeft);
  std::string database() const { return dir_ / "skyden.db"; }
  std::string directory() const { return dir_.path(); }

 private:
  TempDir dir_;
  sqlite::Blueprint blueprint_;
  SqliteOptions options_;
  std::unique_ptr<Store> store_;
};

// "00000000-0000-4000-8000-<12 digits>"
std::string Uuid(int n);
inline model::SystemScope System() { return model::SystemScope::For("test"); }

// Makes an organization and answers its scope.
model::OrganizationScope NewOrganization(Store& store, int n);
// Makes a control plane and answers its scope.
model::TenantScope NewControlPlane(Store& store, const model::OrganizationScope& organization,
                                   int n, const std::string& name = "cp");
ControlPlaneRecord ControlPlaneOf(int n, const std::string& name = "cp");

model::Resource NewResource(const std::string& type, const std::string& mesh,
                            const std::string& name, const std::string& spec = "{}");
// Puts, and fails the test when that fails.
model::Resource Put(Store& store, const model::TenantScope& scope, model::Resource resource);
absl::StatusOr<model::Revision> Delete(Store& store, const model::TenantScope& scope,
                                       const std::string& type, const model::ResourceKey& key);
std::optional<model::Resource> Find(Store& store, const model::TenantScope& scope,
                                    const std::string& type, const model::ResourceKey& key);
std::vector<model::Resource> List(Store& store, const model::TenantScope& scope,
                                  const std::string& type,
                                  const std::optional<std::string>& mesh = std::nullopt);
absl::StatusOr<std::vector<model::Resource>> Changes(Store& store, const model::TenantScope& scope,
                                                     const std::string& type,
                                                     model::Revision since);
uint64_t Count(Store& store, const model::TenantScope& scope, const std::string& type,
               const std::optional<std::string>& mesh = std::nullopt);
std::vector<std::string> Names(const std::vector<model::Resource>& resources);

// `name` empty: one of its own.
AccountRecord NewAccount(int n, const std::string& name = "");
TokenRecord NewToken(const std::string& id, const AccountRecord& account);
// `parent` empty: of an identity provider's person.
TokenRecord NewSession(const std::string& id, const AccountRecord& account,
                       const std::string& parent);

}  // namespace skyden::store::testing
