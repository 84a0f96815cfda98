// SPDX-License-Identifier: Apache-2.0
#include "rest/backup_api.h"

#include <charconv>
#include <optional>
#include <utility>

#include "rest/backup_stream.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/base/clock.h"
#include "skyden/model/lanes.h"
#include "skyden/store/backup.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

constexpr char kRate[] = "mib_per_second";
constexpr uint64_t kRateMax = 65'536;

// Bytes a second; nullopt when the query says it wrong.
std::optional<uint64_t> RateOf(const Call& call) {
  const std::string_view text = call.query.Get(kRate).value_or("");
  if (text.empty()) return store::kCopyBytesPerSecond;
  uint64_t rate = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  if (rate == 0 || rate > kRateMax) return std::nullopt;
  return rate << 20;
}

absl::Status CheckOperator(const Call& call) {
  return call.organization->access().IsOperator()
             ? absl::OkStatus()
             : absl::PermissionDeniedError("only an operator may back up the database");
}

}  // namespace

BackupApi::BackupApi(const Deps& deps) : deps_(deps), routes_(deps) {
  routes_.Add(http::Method::kPost, "/backups", CallerRoutes::Needs::kOrganization,
              [this](CallPtr call) { Create(std::move(call)); },
              {.pace = CallerRoutes::Pace::kLong, .first = CheckOperator});
}

void BackupApi::Create(CallPtr call) const {
  const auto rate = RateOf(*call);
  if (!rate) {
    const InvalidParameter wrong{kRate, "range", "must be a number from 1 to 65536", "query"};
    return call->Finish(
        Problem(400, "Bad Request: mib_per_second", call->request.request_id, {wrong}));
  }
  store::Backups& backups = store::BackupsOf(deps_.store);
  absl::Status status = backups.CheckMayCopy();
  if (status.ok()) {
    status = deps_.store.WriteDirectory(*call->organization,
                                        [now = deps_.clock.Now()](store::DirectoryTx& tx) {
                                          tx.Audit({now, "backup.create", "Database", "", ""});
                                          return absl::OkStatus();
                                        });
  }
  if (!status.ok()) return call->Finish(Refusal(status, *call));
  const base::Lane lane = model::LaneOf(call->organization->organization());
  const auto backup = std::make_shared<BackupStream>(
      BackupStream::Deps{backups, deps_.clock, deps_.transfers}, lane, call->request.request_id);
  call->Finish(backup->Begin());
  backup->Run(*rate);
}

}  // namespace skyden::rest
