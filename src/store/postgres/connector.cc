// SPDX-License-Identifier: Apache-2.0
#include "store/postgres/connector.h"

#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"
#include "store/errors.h"
#include "store/postgres/failure.h"
#include "store/postgres/row.h"

namespace skyden::store::postgres {

absl::Status Connector::state() const {
  absl::MutexLock lock(&mu_);
  return state_;
}

int64_t Connector::timeline() const {
  absl::MutexLock lock(&mu_);
  return timeline_;
}

absl::StatusOr<std::unique_ptr<Connection>> Connector::Connect(Access access) {
  {
    absl::MutexLock lock(&mu_);
    if (!state_.ok()) {
      if (trying_ || clock_.Monotonic() < next_try_) return state_;
      trying_ = true;
    }
  }
  auto connection = Try(access);
  bool changed = false;
  {
    absl::MutexLock lock(&mu_);
    changed = state_.ok() != connection.ok();
    trying_ = false;
    state_ = connection.status();
    next_try_ = clock_.Monotonic() + kPause;
  }
  if (changed && connection.ok()) {
    telemetry::Log(telemetry::Level::info, "the database is there again");
  } else if (changed) {
    telemetry::Log(telemetry::Level::warning, "the database is not there",
                   {{"reason", std::string(base::ToStd(connection.status().message()))}});
  }
  return connection;
}

absl::StatusOr<std::unique_ptr<Connection>> Connector::Try(Access access) {
  SKYDEN_ASSIGN_OR_RETURN(std::unique_ptr<Wire> wire,
                          Wire::Connect(access == Access::kSystem ? system_ : app_));
  SKYDEN_RETURN_IF_ERROR(CheckTimeline(*wire));
  return Connection::Create(std::move(wire), access, catalogue_, counters_);
}

absl::Status Connector::CheckTimeline(Wire& wire) {
  SKYDEN_ASSIGN_OR_RETURN(
      const Result result,
      wire.Ask(
          "SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int8"));
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    return DatabaseUnreachable("this server takes no writes");
  }
  const int64_t timeline = ResultRow(result.get(), 0).Int(0);
  absl::MutexLock lock(&mu_);
  if (timeline < timeline_) return DatabaseUnreachable("this server is not the primary any more");
  timeline_ = timeline;
  return absl::OkStatus();
}

}  // namespace skyden::store::postgres
