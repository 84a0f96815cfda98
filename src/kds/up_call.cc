// SPDX-License-Identifier: Apache-2.0
// Never ends with OK: a zone would take that for the end of all sync, silently.
#include "kds/up_call.h"

#include <algorithm>
#include <utility>

#include "kds/admin_call.h"
#include "skyden/base/limits.h"
#include "skyden/base/quota_exceeded.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

constexpr absl::Duration kCrowdedRetry = absl::Milliseconds(50);
constexpr absl::Duration kRetryMin = absl::Seconds(1);
constexpr absl::Duration kRetryMax = absl::Seconds(30);

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    if (text.size() > base::limits::kNackTextBytes) break;
    if (!text.empty()) text += '\n';
    text += line;
  }
  return text;
}

}  // namespace

void UpCall::OnAuthorized() {
  auto session = JoinSession(core(), shared_identity(), StreamKind::kZoneToGlobal, Self());
  if (!session.ok()) return Refuse(session.status());
  session_ = *std::move(session);
  const model::KumaVersion version = identity().scope.version();
  machine_ = std::make_unique<DeltaClient>(core().deps.registry, version, headers().client_id,
                                           core().node_metadata[version]);
  for (std::string& request : machine_->Start()) {
    ++core().messages_out;
    Send(std::move(request));
  }
  ReadAhead(base::limits::kKdsReadAheadUp);
}

void UpCall::OnZoneReadable() { Work(); }

void UpCall::Work() {
  if (busy_ || ending()) return;
  if (core().ingest_bytes > base::limits::kKdsAllBatchBytes) {
    busy_ = true;
    PostAfter(kCrowdedRetry, [this] {
      busy_ = false;
      Work();
    });
    return;
  }
  while (!busy_ && !ending()) {
    if (waiting_.empty()) {
      waiting_ = Take();
      std::reverse(waiting_.begin(), waiting_.end());
    }
    if (waiting_.empty()) {
      if (PeerIsDone()) End(absl::UnavailableError("the zone closed the stream"));
      return;
    }
    auto batches = std::make_shared<Batches>();
    if (absl::Status s = DecodeSome(*batches); !s.ok()) return End(s);
    if (absl::Status s = ConfirmUnchanged(*batches); !s.ok()) {
      return End(absl::UnavailableError("the control plane's resources cannot be read"));
    }
    if (!batches->empty()) Store(std::move(batches));
  }
}

absl::Status UpCall::DecodeSome(Batches& batches) {
  size_t bytes = 0;
  while (!waiting_.empty() && bytes < base::limits::kKdsBatchBytes) {
    Incoming message = std::move(waiting_.back());
    waiting_.pop_back();
    const size_t before = batches.size();
    SKYDEN_RETURN_IF_ERROR(DecodeOne(std::move(message), batches));
    if (batches.size() > before) bytes += batches.back().bytes;
  }
  return absl::OkStatus();
}

absl::Status UpCall::DecodeOne(Incoming message, Batches& batches) {
  ++core().messages_in;
  const absl::Duration came_at = message.came_at;
  SKYDEN_ASSIGN_OR_RETURN(const std::string bytes,
                          BytesOf(std::move(message), base::limits::kKdsMessageBytes));
  SKYDEN_ASSIGN_OR_RETURN(const DeltaResponse response, ScanDeltaResponse(bytes));
  const auto accepted = machine_->OnResponse(response);
  if (!accepted.has_value()) return absl::OkStatus();
  const IngestContext context{core().deps.codec.In(identity().scope.version()), headers().client_id,
                              !headers().hash_suffix};
  SKYDEN_ASSIGN_OR_RETURN(IngestBatch batch,
                          DecodeBatch(context, *accepted->type, accepted->complete, response));
  batch.came_at = came_at;
  batches.push_back(std::move(batch));
  return absl::OkStatus();
}

// A reconnecting zone tells everything again. Finding that nothing changed takes no transaction.
// What it tells afterwards did change.
absl::Status UpCall::ConfirmUnchanged(Batches& batches) {
  const auto tells_all = [](const IngestBatch& batch) { return batch.complete; };
  if (std::none_of(batches.begin(), batches.end(), tells_all)) return absl::OkStatus();
  std::vector<bool> changes;
  const auto compare = [&](store::ReadTx& tx) -> absl::Status {
    changes.clear();
    for (const IngestBatch& batch : batches) {
      bool differs = true;
      if (tells_all(batch)) {
        SKYDEN_ASSIGN_OR_RETURN(differs, BatchChangesSomething(tx, batch, headers().client_id));
      }
      changes.push_back(differs);
    }
    return absl::OkStatus();
  };
  SKYDEN_RETURN_IF_ERROR(core().deps.store.Read(identity().scope, compare));
  size_t at = 0;
  std::erase_if(batches, [&](const IngestBatch& batch) {
    const bool differs = changes[at++];
    if (!differs) Confirm(batch, {});
    return !differs;
  });
  return absl::OkStatus();
}

void UpCall::Charge(size_t bytes) {
  core().ingest_bytes += bytes;
  core().ingest_bytes -= std::exchange(charged_, bytes);
}

void UpCall::Store(std::shared_ptr<Batches> batches) {
  busy_ = true;
  size_t bytes = 0;
  for (const IngestBatch& batch : *batches) bytes += batch.bytes;
  Charge(bytes);
  auto conflicts = std::make_shared<std::vector<std::vector<std::string>>>();
  auto self = std::static_pointer_cast<UpCall>(Self());
  const absl::Time now = clock().Now();
  store::WritePlan plan;
  for (const IngestBatch& batch : *batches) {
    PlanBatch(batch, headers().client_id, core().deps.registry.core(), plan);
  }
  // Another daemon may have the zone by now: what this one still holds of it is the past.
  const std::string subscription =
      core().elsewhere == nullptr ? std::string() : session_->live_subscription();
  if (!subscription.empty()) plan.Resource(core().insight_type, {"", headers().client_id});
  core().deps.store.WriteAsync(
      identity().scope, std::move(plan),
      [batches, conflicts, now, zone = headers().client_id, subscription,
       &types = core().deps.registry.core()](store::WriteTx& tx) -> absl::Status {
        if (!subscription.empty()) {
          SKYDEN_RETURN_IF_ERROR(CheckNotElsewhere(tx, *types.zone_insight, zone, subscription));
        }
        conflicts->assign(batches->size(), {});
        for (size_t i = 0; i < batches->size(); ++i) {
          SKYDEN_RETURN_IF_ERROR(ApplyBatch(tx, (*batches)[i], zone, types, now, (*conflicts)[i]));
        }
        return absl::OkStatus();
      },
      [self, batches, conflicts](absl::StatusOr<model::Revision> done) {
        self->Post([self = self.get(), batches, conflicts, status = done.status()] {
          self->Stored(batches, *conflicts, status);
        });
      });
}

void UpCall::Stored(const std::shared_ptr<Batches>& batches,
                    const std::vector<std::vector<std::string>>& conflicts,
                    const absl::Status& status) {
  if (ending()) return Charge(0);
  if (base::IsQuotaExceeded(status)) return RefuseForQuota(batches, status);
  if (absl::IsResourceExhausted(status) || absl::IsUnavailable(status)) {
    // Not confirmed, so not lost: the same again, until the disk or the queue has room.
    retry_ = std::clamp(retry_ * 2, kRetryMin, kRetryMax);
    PostAfter(retry_, [this, batches] {
      if (!ending()) Store(batches);
    });
    return;
  }
  Charge(0);
  retry_ = absl::ZeroDuration();
  if (absl::IsAborted(status)) return End(ConnectedElsewhere());
  if (!status.ok()) {
    telemetry::Log(telemetry::Level::warning, "a zone's resources were not stored",
                   {{"cp", identity().scope.control_plane().str()},
                    {"zone", headers().client_id},
                    {"reason", status.ToString()}});
    return End(absl::UnavailableError("the zone's resources could not be stored"));
  }
  for (size_t i = 0; i < batches->size(); ++i) Confirm((*batches)[i], conflicts[i]);
  StoreNextSingle();
}

// Together they were one transaction, and it says nothing of which was too much: one by one then.
void UpCall::RefuseForQuota(const std::shared_ptr<Batches>& batches, const absl::Status& status) {
  retry_ = absl::ZeroDuration();
  if (batches->size() == 1) {
    Charge(0);
    Confirm(batches->front(), {std::string(base::ToStd(status.message()))});
  } else {
    for (IngestBatch& batch : *batches) single_.push_back(std::move(batch));
  }
  StoreNextSingle();
}

void UpCall::StoreNextSingle() {
  if (single_.empty()) {
    busy_ = false;
    return Work();
  }
  auto next = std::make_shared<Batches>();
  next->push_back(std::move(single_.front()));
  single_.pop_front();
  Store(std::move(next));
}

void UpCall::Confirm(const IngestBatch& batch, const std::vector<std::string>& conflicts) {
  std::vector<std::string> errors = batch.errors;
  errors.insert(errors.end(), conflicts.begin(), conflicts.end());
  if (!errors.empty()) {
    ++core().nacks;
    telemetry::Log(telemetry::Level::warning, "resources of a zone rejected",
                   {{"cp", identity().scope.control_plane().str()},
                    {"zone", headers().client_id},
                    {"type", batch.type->name},
                    {"count", std::to_string(errors.size())}});
  }
  ++core().messages_out;
  core().times.ingest.Observe(clock().Monotonic() - batch.came_at);
  Send(machine_->Confirm(*batch.type, batch.nonce, Join(errors)));
}

void UpCall::OnZoneEnd() {
  Charge(0);
  if (session_ != nullptr) core().zones.Leave(*session_, StreamKind::kZoneToGlobal, this);
}

}  // namespace skyden::kds
