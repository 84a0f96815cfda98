// SPDX-License-Identifier: Apache-2.0
// Puts the engine together: lock, schema, one writer, some readers.
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/change_hub.h"
#include "store/errors.h"
#include "store/rows/directory_reads.h"
#include "store/rows/quota_rows.h"
#include "store/rows/remains.h"
#include "store/rows/requests.h"
#include "store/sqlite/blueprint.h"
#include "store/sqlite/database_files.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/writer.h"

namespace skyden::store {
namespace sqlite {
namespace {

class SqliteStore final : public Store, public Quotas {
 public:
  struct Parts {
    std::unique_ptr<DatabaseFiles> files;
    std::unique_ptr<StatementCounters> counters;
    std::unique_ptr<Connection> writer;
    std::vector<std::unique_ptr<Connection>> readers;
    std::vector<rows::TenantRef> remains;
    std::string epoch;
  };

  SqliteStore(Parts parts, const Blueprint& blueprint, rows::Context context,
              SqliteOptions::Synchronous synchronous,
              absl::AnyInvocable<void(absl::Status)> on_fatal)
      : files_(std::move(parts.files)),
        counters_(std::move(parts.counters)),
        context_(context),
        epoch_(std::move(parts.epoch)),
        requests_(context_),
        readers_(std::make_unique<ReaderPool>(std::move(parts.readers))),
        writer_(std::make_unique<Writer>(
            Writer::Deps{std::move(parts.writer), *readers_, hub_, audit_hub_, requests_, *files_,
                         synchronous, blueprint, timings_, std::move(on_fatal)},
            std::move(parts.remains))) {}

  // Leaves everything in the database file: alone it is a database, and the WAL is none.
  ~SqliteStore() override {
    std::unique_ptr<Connection> writer = writer_->End();
    readers_.reset();  // the last to close may remove the WAL
    const bool healthy = writer_->Health().ok();
    if (healthy) Checkpoint(*writer, *files_, Connection::Checkpoint::kTruncate);
    if (!healthy || writer->fatal().has_value()) writer->ForbidCheckpointOnClose();
    writer.reset();
    const absl::Status left = healthy ? files_->AfterClose() : absl::OkStatus();
    if (left.ok()) return;
    telemetry::Log(telemetry::Level::warning, "the next start will look at the whole WAL",
                   {{"reason", std::string(base::ToStd(left.message()))}});
  }

  absl::Status Read(const model::TenantScope& scope,
                    absl::FunctionRef<absl::Status(ReadTx&)> fn) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    SKYDEN_RETURN_IF_ERROR(loan.Begin());
    rows::TenantReadTx tx(loan.connection(), context_, rows::TenantRef::Of(scope));
    SKYDEN_RETURN_IF_ERROR(tx.rows().CheckThere());
    return fn(tx);
  }

  void WriteAsync(const model::TenantScope& scope, WriteFn fn, WriteDone done) override {
    const rows::TenantRef tenant = rows::TenantRef::Of(scope);
    const Lane lane{static_cast<int64_t>(tenant.organization), static_cast<int64_t>(tenant.tenant)};
    auto run = [this, tenant, actor = rows::AuditActor::Of(scope), fn = std::move(fn)](
                   Session& session, rows::Outcome& outcome) mutable {
      return requests_.Write(session, tenant, actor, fn, outcome);
    };
    writer_->Submit(lane, {std::move(run), std::move(done)});
  }

  absl::Status ReadDirectory(const model::OrganizationScope& scope,
                             absl::FunctionRef<absl::Status(DirectoryReadTx&)> fn) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    SKYDEN_RETURN_IF_ERROR(loan.Begin());
    rows::OrganizationReadTx tx(loan.connection(), context_, scope.organization());
    return fn(tx);
  }

  void WriteDirectoryAsync(const model::OrganizationScope& scope, DirectoryWriteFn fn,
                           DirectoryWriteDone done) override {
    const model::OrganizationKey organization = scope.organization();
    auto run = [this, organization, actor = rows::AuditActor::Of(scope), fn = std::move(fn)](
                   Session& session, rows::Outcome& outcome) mutable {
      return requests_.WriteDirectory(session, organization, actor, fn, outcome);
    };
    auto answer = [done = std::move(done)](absl::StatusOr<model::Revision> result) mutable {
      done(result.status());
    };
    writer_->Submit({static_cast<int64_t>(organization), 0}, {std::move(run), std::move(answer)});
  }

  absl::StatusOr<std::optional<TokenOwner>> FindToken(const model::SystemScope&,
                                                      const model::TokenId& id) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    return rows::SystemFindTokenRow(loan.connection(), id);
  }

  absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlane(
      const model::SystemScope&, const model::ControlPlaneId& id) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    return rows::SystemFindControlPlaneRow(loan.connection(), id);
  }

  absl::StatusOr<std::vector<OrganizationRecord>> ListOrganizations(
      const model::SystemScope&) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    return rows::SystemListOrganizationRows(loan.connection());
  }

  absl::StatusOr<std::optional<OrganizationRecord>> FindOrganization(
      const model::SystemScope&, const model::OrganizationId& id) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    return rows::SystemFindOrganizationRow(loan.connection(), id);
  }

  absl::StatusOr<model::OrganizationKey> InsertOrganization(
      const model::SystemScope&, const OrganizationRecord& organization) override {
    model::OrganizationKey key{};
    SKYDEN_RETURN_IF_ERROR(WriteAsSystem([&](Session& session,
                                             rows::Outcome& outcome) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(key, requests_.InsertOrganization(session, organization, outcome));
      return absl::OkStatus();
    }));
    return key;
  }

  absl::StatusOr<std::vector<OperatorRef>> ListOperators(const model::SystemScope&) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    return rows::SystemListOperatorRows(loan.connection());
  }

  absl::StatusOr<std::vector<model::TokenId>> EndOrganization(const model::SystemScope&,
                                                              model::OrganizationKey organization,
                                                              absl::Time at) override {
    std::vector<model::TokenId> tokens;
    SKYDEN_RETURN_IF_ERROR(
        WriteAsSystem([&](Session& session, rows::Outcome& outcome) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(tokens,
                                  requests_.EndOrganization(session, organization, at, outcome));
          return absl::OkStatus();
        }));
    return tokens;
  }

  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant,
                                          absl::AnyInvocable<void(const Change&)> fn) override {
    return hub_.Subscribe(tenant, std::move(fn));
  }

  std::unique_ptr<Subscription> SubscribeAudit(
      absl::AnyInvocable<void(model::OrganizationKey, uint64_t)> fn) override {
    return audit_hub_.Subscribe(std::nullopt, [fn = std::move(fn)](const Change& change) mutable {
      fn(change.organization, change.revision);
    });
  }

  absl::Status Health() const override { return writer_->Health(); }
  absl::Status Writable() override { return writer_->Writable(); }
  std::string_view epoch() const override { return epoch_; }

  const WriteTimings& timings() const { return timings_; }

  Counters counters() const override {
    return {counters_->reads.load(), counters_->writes.load(), writer_->commits(),
            writer_->fsyncs()};
  }

  absl::StatusOr<Allowance> Find(const model::TenantScope& scope) override {
    base::AssertMayBlock();
    const rows::TenantRef tenant = rows::TenantRef::Of(scope);
    ReaderPool::Loan loan = readers_->Borrow();
    SKYDEN_RETURN_IF_ERROR(loan.Begin());
    return rows::ReadAllowance(loan.connection(), context_, tenant);
  }

  absl::StatusOr<Quota> Find(const model::OrganizationScope& scope) override {
    base::AssertMayBlock();
    ReaderPool::Loan loan = readers_->Borrow();
    SKYDEN_RETURN_IF_ERROR(loan.Begin());
    return rows::ReadQuota(loan.connection(), scope.organization());
  }

  absl::Status Set(const model::TenantScope& scope, const Quota& quota, AuditNote note) override {
    const rows::TenantRef tenant = rows::TenantRef::Of(scope);
    return WriteAsSystem(
        [&, actor = rows::AuditActor::Of(scope)](Session& session, rows::Outcome& outcome) {
          return requests_.SetQuota(session, tenant, actor, quota, note, outcome);
        });
  }

  absl::Status Set(const model::OrganizationScope& scope, const Quota& quota,
                   AuditNote note) override {
    const model::OrganizationKey organization = scope.organization();
    return WriteAsSystem(
        [&, actor = rows::AuditActor::Of(scope)](Session& session, rows::Outcome& outcome) {
          return requests_.SetQuota(session, organization, actor, quota, note, outcome);
        });
  }

  Usage standard() const override { return context_.quota; }

 private:
  absl::Status WriteAsSystem(RunRequest run) {
    base::AssertMayBlock();
    absl::Notification finished;
    absl::Status status;
    writer_->Submit({}, {std::move(run), [&](absl::StatusOr<model::Revision> result) {
                           status = result.status();
                           finished.Notify();
                         }});
    finished.WaitForNotification();
    return status;
  }

  // In this order: the writer ends first (it lends the readers and tells the hub), then the
  // readers close, then the files are let go.
  std::unique_ptr<DatabaseFiles> files_;
  std::unique_ptr<StatementCounters> counters_;
  const rows::Context context_;
  const std::string epoch_;
  WriteTimings timings_;
  ChangeHub hub_;
  ChangeHub audit_hub_;      // `revision` is the last entry's number
  rows::Requests requests_;  // the writer's
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<Writer> writer_;
};

absl::StatusOr<std::unique_ptr<Connection>> Connect(const SqliteOptions& options,
                                                    const std::string& path, Access access,
                                                    const Blueprint& blueprint,
                                                    StatementCounters& counters) {
  SKYDEN_ASSIGN_OR_RETURN(Database db, OpenDatabase(path, options.vfs, access));
  const bool full = options.synchronous == SqliteOptions::Synchronous::kFull;
  SKYDEN_RETURN_IF_ERROR(
      ApplySettings(db.get(), access, full ? Durability::kFull : Durability::kNormal));
  return Connection::Create(std::move(db), access, blueprint.catalogue, blueprint.controls,
                            counters);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(SqliteOptions options,
                                                 const model::TypeRegistry& registry,
                                                 const Sealer& sealer, const Blueprint& blueprint) {
  if (options.held == nullptr) {
    SKYDEN_ASSIGN_OR_RETURN(options.held, HoldDatabase(options.directory));
  }
  std::unique_ptr<DatabaseFiles> files(static_cast<DatabaseFiles*>(options.held.release()));
  if (!options.vfs.empty()) files->NeverWait();
  const std::string path = files->path();
  SKYDEN_ASSIGN_OR_RETURN(DatabaseFiles::Identity identity,
                          Migrate(*files, options, sealer, blueprint.migrations));
  SqliteStore::Parts parts{std::move(files), std::make_unique<StatementCounters>(), {}, {}, {}, {}};
  parts.epoch = std::move(identity.epoch);
  SKYDEN_ASSIGN_OR_RETURN(parts.writer,
                          Connect(options, path, Access::kWriter, blueprint, *parts.counters));
  SKYDEN_ASSIGN_OR_RETURN(parts.remains, rows::ListRemains(*parts.writer));
  for (int i = 0; i < options.readers; ++i) {
    SKYDEN_ASSIGN_OR_RETURN(auto reader,
                            Connect(options, path, Access::kReader, blueprint, *parts.counters));
    parts.readers.push_back(std::move(reader));
  }
  const rows::Context context{registry, sealer, blueprint.tombstones_per_type_max, options.quota};
  return std::make_unique<SqliteStore>(std::move(parts), blueprint, context, options.synchronous,
                                       std::move(options.on_fatal));
}

}  // namespace sqlite

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(SqliteOptions options,
                                                       const model::TypeRegistry& registry,
                                                       const Sealer& sealer) {
  return sqlite::OpenStore(std::move(options), registry, sealer, sqlite::Blueprint());
}

Quotas& QuotasOf(Store& store) { return dynamic_cast<Quotas&>(store); }

const WriteTimings& WriteTimingsOf(const Store& store) {
  return dynamic_cast<const sqlite::SqliteStore&>(store).timings();
}

}  // namespace skyden::store
