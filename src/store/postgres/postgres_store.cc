// SPDX-License-Identifier: Apache-2.0
// Puts the engine together: one that writes, some that read, one for what comes before any scope;
// and beside other daemons one that hears of what they commit.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"
#include "store/postgres/blueprint.h"
#include "store/postgres/connector.h"
#include "store/postgres/feed.h"
#include "store/postgres/membership.h"
#include "store/postgres/opening.h"
#include "store/postgres/reader_pool.h"
#include "store/postgres/standing.h"
#include "store/postgres/writer.h"
#include "store/rows/base_store.h"
#include "store/rows/remains.h"

namespace skyden::store {
namespace postgres {
namespace {

// Told once, whoever comes first.
class OnFatal {
 public:
  explicit OnFatal(absl::AnyInvocable<void(absl::Status)> tell) : tell_(std::move(tell)) {}
  void operator()(absl::Status why) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::AnyInvocable<void(absl::Status)> tell;
    {
      absl::MutexLock lock(&mu_);
      tell = std::exchange(tell_, nullptr);
    }
    if (tell) tell(std::move(why));
  }

 private:
  absl::Mutex mu_;
  absl::AnyInvocable<void(absl::Status)> tell_ ABSL_GUARDED_BY(mu_);
};

class PostgresStore : public rows::BaseStore {
 public:
  struct Parts {
    std::unique_ptr<Connector> connector;
    std::unique_ptr<Connection> system;
    std::vector<rows::TenantRef> remains;
    Opening opening;
    std::optional<Member> member;
  };

  PostgresStore(Parts parts, PostgresOptions& options, const Blueprint& blueprint,
                const rows::Context& context)
      : BaseStore(context, std::move(parts.opening.epoch)),
        connector_(std::move(parts.connector)),
        readers_(*connector_, Access::kReader, ReaderPool::Points::kOne, options.readers),
        system_(*connector_, Access::kSystem, ReaderPool::Points::kEach, 1),
        fatal_(std::make_shared<OnFatal>(std::move(options.on_fatal))),
        // Whoever is alone has been there for longest.
        standing_(parts.member.has_value() ? parts.member->id : "",
                  {parts.opening.opened, parts.opening.alone, parts.opening.alone}),
        feed_(MakeFeed(parts, context.registry, blueprint)),
        writer_(
            Writer::Deps{*connector_, listeners(), requests(), BaseStore::timings(),
                         context.registry, blueprint.batches, blueprint.rows, blueprint.revocations,
                         standing_, feed_.get(), options.patience, blueprint.removals_per_batch,
                         [fatal = fatal_](absl::Status why) { (*fatal)(std::move(why)); }},
            std::move(parts.system), std::move(parts.remains)) {}

  absl::Status Health() const override {
    SKYDEN_RETURN_IF_ERROR(Stands());
    return writer_.Health();
  }
  absl::Status Writable() override {
    SKYDEN_RETURN_IF_ERROR(Stands());
    return writer_.Writable();
  }
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

 protected:
  Connector& connector() { return *connector_; }
  const Standing& standing() const { return standing_; }
  Feed& feed() const { return *feed_; }  // beside others only
  Subscribers<Standing::View>& others() { return others_; }

 private:
  std::unique_ptr<Feed> MakeFeed(Parts& parts, const model::TypeRegistry& registry,
                                 const Blueprint& blueprint) {
    if (!parts.member.has_value()) return nullptr;
    return std::make_unique<Feed>(
        Feed::Deps{*connector_, listeners(), standing_, registry, blueprint.news, blueprint.barrier,
                   parts.member->given_up_after, parts.member->about,
                   [this] { others_.Call({}, standing_.view()); },
                   [fatal = fatal_](absl::Status why) { (*fatal)(std::move(why)); }},
        std::move(parts.opening.snapshot));
  }
  absl::Status Stands() const { return feed_ == nullptr ? absl::OkStatus() : feed_->Health(); }
  absl::Status WithReader(OnSession fn) override { return Watched(readers_.With(fn)); }
  absl::Status WithSystemReader(OnSession fn) override { return Watched(system_.With(fn)); }
  absl::Status Watched(absl::Status status) {
    if (absl::IsUnavailable(status)) writer_.Suspect(status);
    return status;
  }
  void Submit(const Lane& lane, rows::WriteRequest request) override {
    writer_.Submit(lane, std::move(request));
  }

  // The writer ends first: it tells the hubs, and may have to ask the feed. Then this daemon
  // leaves.
  std::unique_ptr<Connector> connector_;
  ReaderPool readers_;
  ReaderPool system_;
  const std::shared_ptr<OnFatal> fatal_;
  Standing standing_;
  Subscribers<Standing::View> others_;
  const std::unique_ptr<Feed> feed_;
  Writer writer_;
};

// Beside other daemons.
class SharedStore final : public PostgresStore, public Daemons {
 public:
  using PostgresStore::PostgresStore;

  absl::Status Fresh() override {
    base::AssertMayBlock();
    return feed().Fresh();
  }
  bool Leads() override { return standing().view().leads; }
  std::unique_ptr<Subscription> SubscribeDaemons(absl::AnyInvocable<void()> fn) override {
    return others().Add({}, [fn = std::move(fn)](const Standing::View&) mutable { fn(); });
  }
  absl::StatusOr<std::vector<DaemonRecord>> ListDaemons() override {
    base::AssertMayBlock();
    std::vector<DaemonRecord> daemons;
    // Seldom asked: by people.
    SKYDEN_ASSIGN_OR_RETURN(const auto connection, connector().Connect(Access::kSystem));
    SKYDEN_ASSIGN_OR_RETURN(const auto rows, postgres::ListDaemons(connection->wire()));
    for (const DaemonRow& row : rows) {
      daemons.push_back(
          {row.id, row.about, row.unseen, row.lag, row.id == standing().daemon(), false});
    }
    // In order of their ids; who leads came first.
    const auto eldest = std::min_element(
        rows.begin(), rows.end(),
        [](const DaemonRow& one, const DaemonRow& other) { return one.came < other.came; });
    if (eldest != rows.end()) {
      daemons[static_cast<size_t>(eldest - rows.begin())].leads = true;
    }
    return daemons;
  }
  void Say(std::string about) override { feed().Say(std::move(about)); }
  absl::Duration Unheard() const override { return feed().Unheard(); }
};

constexpr size_t kDaemonIdBytes = 8;

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
  if (options.sharing == PostgresOptions::Sharing::kShared) {
    parts.member = {base::HexLower(base::RandomBytes(kDaemonIdBytes)), std::move(options.about),
                    options.given_up_after};
  }
  SKYDEN_ASSIGN_OR_RETURN(parts.opening,
                          Open(*parts.system, sealer, options.old_keys, parts.member));
  SKYDEN_ASSIGN_OR_RETURN(parts.remains, rows::ListRemains(*parts.system));
  const rows::Context context{registry, sealer, blueprint.tombstones_per_type_max, options.quota,
                              options.history};
  if (parts.member.has_value()) {
    return std::make_unique<SharedStore>(std::move(parts), options, blueprint, context);
  }
  return std::make_unique<PostgresStore>(std::move(parts), options, blueprint, context);
}

}  // namespace postgres

absl::StatusOr<std::unique_ptr<Store>> OpenPostgresStore(PostgresOptions options,
                                                         const model::TypeRegistry& registry,
                                                         const Sealer& sealer) {
  return postgres::OpenStore(std::move(options), registry, sealer, postgres::Blueprint());
}

}  // namespace skyden::store
