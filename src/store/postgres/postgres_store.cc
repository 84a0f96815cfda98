// SPDX-License-Identifier: Apache-2.0
// Puts the engine together: one that writes, some that read, one for what comes before any scope.
#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/postgres/blueprint.h"
#include "store/postgres/connector.h"
#include "store/postgres/opening.h"
#include "store/postgres/reader_pool.h"
#include "store/postgres/writer.h"
#include "store/rows/base_store.h"
#include "store/rows/remains.h"

namespace skyden::store {
namespace postgres {
namespace {

class PostgresStore final : public rows::BaseStore {
 public:
  struct Parts {
    std::unique_ptr<Connector> connector;
    std::unique_ptr<Connection> system;
    std::vector<rows::TenantRef> remains;
    Opening opening;
  };

  PostgresStore(Parts parts, PostgresOptions& options, const Blueprint& blueprint,
                const rows::Context& context)
      : BaseStore(context, std::move(parts.opening.epoch)),
        connector_(std::move(parts.connector)),
        readers_(*connector_, Access::kReader, ReaderPool::Points::kOne, options.readers),
        system_(*connector_, Access::kSystem, ReaderPool::Points::kEach, 1),
        writer_(Writer::Deps{*connector_, listeners(), requests(), BaseStore::timings(),
                             context.registry, blueprint.batches, blueprint.rows,
                             parts.opening.opened, options.patience, blueprint.removals_per_batch,
                             std::move(options.on_fatal)},
                std::move(parts.system), std::move(parts.remains)) {}

  absl::Status Health() const override { return writer_.Health(); }
  absl::Status Writable() override { return writer_.Writable(); }
  absl::StatusOr<std::unique_ptr<DatabaseCopy>> Copy(const CopyOptions&) override {
    return CheckMayCopy();
  }
  absl::Status CheckMayCopy() override {
    return absl::FailedPreconditionError(
        "this daemon's database is on PostgreSQL, which has better means: pg_basebackup, and an "
        "archive of its WAL to restore any point in time (examples/postgres/README.md)");
  }
  // Every commit waits for the server's disk; how often that one syncs is its own business.
  Counters counters() const override {
    const StatementCounters& counted = connector_->counters();
    return {counted.reads.load(), counted.writes.load(), writer_.commits(),
            writer_.commits(),    unplanned_reads(),     counted.round_trips.load()};
  }

 private:
  absl::Status WithReader(OnSession fn) override { return Watched(readers_.With(fn)); }
  absl::Status WithSystemReader(OnSession fn) override { return Watched(system_.With(fn)); }
  absl::Status Watched(absl::Status status) {
    if (absl::IsUnavailable(status)) writer_.Suspect(status);
    return status;
  }
  void Submit(const Lane& lane, rows::WriteRequest request) override {
    writer_.Submit(lane, std::move(request));
  }

  // The writer ends first: it tells the hubs.
  std::unique_ptr<Connector> connector_;
  ReaderPool readers_;
  ReaderPool system_;
  Writer writer_;
};

absl::Status Weak(const std::vector<std::string>& weaknesses) {
  // One line, as every reason of a start that fails; `skyden store check` has one for each.
  std::string text = "the database is not set up as it must be: ";
  text += fmt::format("{}", fmt::join(weaknesses, "; "));
  return absl::FailedPreconditionError(text);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenStore(PostgresOptions options,
                                                 const model::TypeRegistry& registry,
                                                 const Sealer& sealer, const Blueprint& blueprint) {
  const PostgresLogins& logins = options.logins;
  const Address app{logins.app, logins.ca_file, options.silence};
  const Address system{logins.system, logins.ca_file, options.silence};
  {
    // Before anything is prepared: without the schema nothing could be.
    SKYDEN_ASSIGN_OR_RETURN(const auto system_wire, Wire::Connect(system));
    SKYDEN_RETURN_IF_ERROR(CheckSchemaVersion(*system_wire));
    if (blueprint.self_check == Blueprint::SelfCheck::kRefuses) {
      SelfCheckScope checks = blueprint.checks;
      checks.require_sync = options.require_sync;
      SKYDEN_ASSIGN_OR_RETURN(const auto app_wire, Wire::Connect(app));
      SKYDEN_ASSIGN_OR_RETURN(const auto weaknesses,
                              FindWeaknesses(*app_wire, *system_wire, checks));
      if (!weaknesses.empty()) return Weak(weaknesses);
    }
  }
  PostgresStore::Parts parts;
  parts.connector = std::make_unique<Connector>(app, system, blueprint.catalogue);
  SKYDEN_ASSIGN_OR_RETURN(parts.system, parts.connector->Connect(Access::kSystem));
  SKYDEN_ASSIGN_OR_RETURN(parts.opening, Open(*parts.system, sealer, options.old_keys));
  SKYDEN_ASSIGN_OR_RETURN(parts.remains, rows::ListRemains(*parts.system));
  const rows::Context context{registry, sealer, blueprint.tombstones_per_type_max, options.quota,
                              options.history};
  return std::make_unique<PostgresStore>(std::move(parts), options, blueprint, context);
}

}  // namespace postgres

absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(PostgresOptions options,
                                                         const model::TypeRegistry& registry,
                                                         const Sealer& sealer) {
  return postgres::OpenStore(std::move(options), registry, sealer, postgres::Blueprint());
}

}  // namespace skyden::store
