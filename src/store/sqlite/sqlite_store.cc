// SPDX-License-Identifier: Apache-2.0
// Puts the engine together: lock, schema, one writer, some readers.
#include <utility>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/rows/base_store.h"
#include "store/rows/remains.h"
#include "store/sqlite/blueprint.h"
#include "store/sqlite/copy.h"
#include "store/sqlite/database_files.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/writer.h"

namespace skyden::store {
namespace sqlite {
namespace {

class SqliteStore final : public rows::BaseStore {
 public:
  struct Parts {
    std::unique_ptr<DatabaseFiles> files;
    std::unique_ptr<StatementCounters> counters;
    std::unique_ptr<Connection> writer;
    std::vector<std::unique_ptr<Connection>> readers;
    std::vector<rows::TenantRef> remains;
    std::string epoch;
  };

  SqliteStore(Parts parts, const Blueprint& blueprint, const rows::Context& context,
              SqliteOptions::Synchronous synchronous, const std::string& vfs,
              absl::AnyInvocable<void(absl::Status)> on_fatal)
      : BaseStore(context, std::move(parts.epoch)),
        files_(std::move(parts.files)),
        counters_(std::move(parts.counters)),
        readers_(std::make_unique<ReaderPool>(std::move(parts.readers))),
        writer_(std::make_unique<Writer>(
            Writer::Deps{std::move(parts.writer), *readers_, listeners(), requests(), *files_,
                         synchronous, blueprint, BaseStore::timings(), std::move(on_fatal)},
            std::move(parts.remains))),
        copier_(files_->directory(), vfs, *readers_, context.sealer) {}

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

  absl::Status Health() const override { return writer_->Health(); }
  absl::Status Writable() override { return writer_->Writable(); }
  Counters counters() const override {
    return {counters_->reads.load(), counters_->writes.load(), writer_->commits(),
            writer_->fsyncs(), unplanned_reads()};
  }
  absl::StatusOr<std::unique_ptr<DatabaseCopy>> Copy(const CopyOptions& options) override {
    return copier_.Copy(options);
  }
  absl::Status CheckMayCopy() override { return copier_.CheckMayCopy(); }

 private:
  absl::Status WithReader(OnSession fn) override {
    ReaderPool::Loan loan = readers_->Borrow();
    SKYDEN_RETURN_IF_ERROR(loan.Begin());
    return fn(loan.connection());
  }
  absl::Status WithSystemReader(OnSession fn) override {
    ReaderPool::Loan loan = readers_->Borrow();
    return fn(loan.connection());
  }
  void Submit(const Lane& lane, rows::WriteRequest request) override {
    writer_->Submit(lane, std::move(request));
  }

  // In this order: the writer ends first (it lends the readers and tells the hub), then the
  // readers close, then the files are let go.
  std::unique_ptr<DatabaseFiles> files_;
  std::unique_ptr<StatementCounters> counters_;
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<Writer> writer_;
  Copier copier_;
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
  const rows::Context context{registry, sealer, blueprint.tombstones_per_type_max, options.quota,
                              options.history};
  return std::make_unique<SqliteStore>(std::move(parts), blueprint, context, options.synchronous,
                                       options.vfs, std::move(options.on_fatal));
}

}  // namespace sqlite

absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(SqliteOptions options,
                                                       const model::TypeRegistry& registry,
                                                       const Sealer& sealer) {
  return sqlite::OpenStore(std::move(options), registry, sealer, sqlite::Blueprint());
}

}  // namespace skyden::store
