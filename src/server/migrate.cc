// SPDX-License-Identifier: Apache-2.0
// A rotation: new key before the old ones -> everything sealed anew -> old keys dropped. At each
// point the file holds every key that something is sealed under.
#include "skyden/server/migrate.h"

#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "server/errors.h"
#include "server/open_store.h"
#include "skyden/base/status.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/sealer.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::server {
namespace {

// What goes along to destinations of the audit.
absl::Status ResealDestinations(store::DirectoryTx& tx, uint64_t& credentials) {
  credentials = 0;
  SKYDEN_ASSIGN_OR_RETURN(const auto all, tx.ListAuditDestinations());
  for (const store::AuditDestination& one : all) {
    if (!one.has_authorization) continue;
    SKYDEN_ASSIGN_OR_RETURN(const auto opened, tx.FindAuditDestination(one.id));
    if (!opened.has_value()) continue;
    SKYDEN_RETURN_IF_ERROR(tx.PutAuditDestination(*opened));
    ++credentials;
  }
  return absl::OkStatus();
}

absl::Status ResealOrganization(store::Store& store, const model::SystemScope& system,
                                model::OrganizationKey organization, Migrated& done,
                                const std::function<void(const Migrated&)>& on_progress) {
  const model::OrganizationScope scope = system.In(organization);
  std::vector<store::ControlPlaneRecord> control_planes;
  std::vector<store::DeletedControlPlane> deleted;
  SKYDEN_RETURN_IF_ERROR(
      store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(control_planes, tx.ListControlPlanes());
        SKYDEN_ASSIGN_OR_RETURN(deleted, tx.ListDeletedControlPlanes());
        return absl::OkStatus();
      }));
  for (const store::ControlPlaneRecord& control_plane : control_planes) {
    uint64_t secrets = 0;
    SKYDEN_RETURN_IF_ERROR(
        store
            .Write(system.In(organization, control_plane.tenant, control_plane.id),
                   store::WritePlan::ReadsAnything(),
                   [&secrets](store::WriteTx& tx) -> absl::Status {
                     SKYDEN_ASSIGN_OR_RETURN(secrets, tx.ResealSecrets());
                     return absl::OkStatus();
                   })
            .status());
    done.secrets += secrets;
    ++done.control_planes;
    on_progress(done);
  }
  // They may be had back.
  for (const store::DeletedControlPlane& control_plane : deleted) {
    uint64_t secrets = 0;
    SKYDEN_RETURN_IF_ERROR(store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(secrets, tx.ResealDeletedControlPlane(control_plane.id));
      return absl::OkStatus();
    }));
    done.secrets += secrets;
    ++done.control_planes;
    on_progress(done);
  }
  SKYDEN_RETURN_IF_ERROR(
      store.WriteDirectory(scope, [](store::DirectoryTx& tx) { return tx.ResealAuditMarks(); }));
  uint64_t credentials = 0;
  SKYDEN_RETURN_IF_ERROR(store.WriteDirectory(
      scope, [&](store::DirectoryTx& tx) { return ResealDestinations(tx, credentials); }));
  done.secrets += credentials;
  ++done.organizations;
  return absl::OkStatus();
}

absl::Status Reseal(store::Store& store, Migrated& done,
                    const std::function<void(const Migrated&)>& on_progress) {
  const auto system = model::SystemScope::For("rotation of the secrets key");
  SKYDEN_ASSIGN_OR_RETURN(const auto organizations, store.ListOrganizations(system));
  for (const store::OrganizationRecord& organization : organizations) {
    SKYDEN_RETURN_IF_ERROR(ResealOrganization(store, system, organization.key, done, on_progress));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Migrated> Migrate(const Config& config, SecretsKey key, DatabaseFile file,
                                 const std::function<void(const Migrated&)>& on_progress) {
  SKYDEN_RETURN_IF_ERROR(CheckDatabaseThere(config));
  if (!InDataDir(config) && file == DatabaseFile::kIsAdopted) {
    return About("store", absl::InvalidArgumentError("only a database in data_dir is adopted"));
  }
  SKYDEN_ASSIGN_OR_RETURN(const model::TypeRegistry registry, model::TypeRegistry::LoadEmbedded());
  const auto open = [&](Trust trust, OldKeys old_keys) -> absl::StatusOr<OpenedStore> {
    SKYDEN_ASSIGN_OR_RETURN(HeldDataDir held, HoldDataDir(config, trust));
    return OpenStore(
        config, std::move(held), registry, [](const absl::Status&) {}, old_keys);
  };
  Migrated done;
  {
    // Refuses while a daemon is using it, before anything is changed.
    const Trust trust = file == DatabaseFile::kIsAdopted ? Trust::kAsFound : Trust::kAsLeft;
    SKYDEN_ASSIGN_OR_RETURN(const OpenedStore opened, open(trust, OldKeys::kInUse));
    SKYDEN_RETURN_IF_ERROR(opened.store->Health());
  }
  if (key == SecretsKey::kIsKept) return done;
  const std::string key_file = SecretsKeyFileOf(config);
  const absl::Status added = store::AddSecretsKey(key_file);
  if (!added.ok()) return About("secrets_key_file", added);
  {
    SKYDEN_ASSIGN_OR_RETURN(const OpenedStore opened, open(Trust::kAsLeft, OldKeys::kInUse));
    SKYDEN_RETURN_IF_ERROR(Reseal(*opened.store, done, on_progress));
  }
  // Nothing needs them any more: the database must not ask for them either.
  SKYDEN_RETURN_IF_ERROR(open(Trust::kAsLeft, OldKeys::kForgotten).status());
  const absl::Status dropped = store::DropOldSecretsKeys(key_file);
  if (!dropped.ok()) return About("secrets_key_file", dropped);
  return done;
}

absl::Status MigratePostgres(const Config& config, const std::string& owner_dsn_file) {
  SKYDEN_RETURN_IF_ERROR(CheckEngine(config));
  SKYDEN_ASSIGN_OR_RETURN(const std::string conninfo, store::LoadPostgresOwner(owner_dsn_file));
  const absl::Status migrated = store::MigratePostgres(conninfo, config.postgres_ca_file);
  return migrated.ok() ? migrated : About("store", migrated);
}

absl::StatusOr<store::TakenOver> TakeOverToPostgres(
    const Config& config, const std::string& owner_dsn_file,
    const std::function<void(const std::string& table, uint64_t rows)>& on_progress) {
  if (!InDataDir(config)) {
    return About("store", absl::InvalidArgumentError(
                              "what is taken over is a database of store sqlite, in data_dir"));
  }
  SKYDEN_RETURN_IF_ERROR(CheckDatabaseThere(config));
  SKYDEN_ASSIGN_OR_RETURN(const std::string owner, store::LoadPostgresOwner(owner_dsn_file));
  SKYDEN_ASSIGN_OR_RETURN(const model::TypeRegistry registry, model::TypeRegistry::LoadEmbedded());
  {
    SKYDEN_ASSIGN_OR_RETURN(auto held, HoldDataDir(config));
    SKYDEN_ASSIGN_OR_RETURN(const OpenedStore opened, OpenStore(config, std::move(held), registry,
                                                                [](const absl::Status&) {}));
    SKYDEN_RETURN_IF_ERROR(opened.store->Health());
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto held, HoldDataDir(config));
  auto taken = store::TakeOver(config.data_dir, *held.database, owner, on_progress);
  if (!taken.ok()) return About("store", taken.status());
  return taken;
}

absl::StatusOr<std::vector<std::string>> FindWeaknesses(const Config& config) {
  if (InDataDir(config)) return std::vector<std::string>();
  SKYDEN_ASSIGN_OR_RETURN(const store::PostgresLogins logins, PostgresLoginsOf(config));
  auto found = store::CheckPostgres(logins, config.postgres_require_sync);
  if (!found.ok()) return About("store", found.status());
  return found;
}

}  // namespace skyden::server
