// SPDX-License-Identifier: Apache-2.0
#include "kds/gateway.h"

#include <utility>

#include "fmt/format.h"
#include "kds/admin_call.h"
#include "kds/wire.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

StreamKind StreamOf(ZoneRequest::Kind kind) {
  switch (kind) {
    case ZoneRequest::Kind::kConfigDump:
      return StreamKind::kConfigDump;
    case ZoneRequest::Kind::kStats:
      return StreamKind::kStats;
    case ZoneRequest::Kind::kClusters:
      break;
  }
  return StreamKind::kClusters;
}

// A zone's own words, as far as they may be passed on.
constexpr size_t kErrorBytes = 4096;

}  // namespace

std::string EncodeZoneRequest(const ZoneRequest& request, std::string_view request_id) {
  std::string out;
  wire::AppendBytes(out, 1, request_id);
  wire::AppendBytes(out, 2, request.resource_type);
  wire::AppendBytes(out, 3, request.resource_name);
  if (!request.resource_mesh.empty()) wire::AppendBytes(out, 4, request.resource_mesh);
  if (request.kind == ZoneRequest::Kind::kConfigDump) {
    if (request.include_eds) wire::AppendVarintField(out, 5, 1);
    return out;
  }
  if (request.json) wire::AppendVarintField(out, 5, 1);
  if (request.kind == ZoneRequest::Kind::kStats && request.used_only) {
    wire::AppendVarintField(out, 6, 1);
  }
  return out;
}

absl::StatusOr<ZoneAnswer> ScanZoneAnswer(std::string_view bytes) {
  ZoneAnswer answer;
  wire::Reader reader(bytes);
  wire::Field field;
  while (reader.Next(field)) {
    if (field.IsBytes(1)) answer.request_id = field.bytes;
    if (field.IsBytes(2)) {
      answer.is_error = true;
      answer.error = field.bytes;
    }
    if (field.IsBytes(3)) {  // a oneof: the last one counts
      answer.is_error = false;
      answer.payload = field.bytes;
    }
  }
  if (!reader.ok()) return absl::InvalidArgumentError("an answer does not decode");
  return answer;
}

void GatewayImpl::Ask(const model::TenantScope& scope, ZoneRequest request, Done done) {
  const auto session = zones_.Find(scope.tenant(), request.zone_name);
  const auto call =
      session == nullptr
          ? nullptr
          : std::static_pointer_cast<AdminCall>(session->CallOf(StreamOf(request.kind)));
  if (call == nullptr) {
    return done(
        absl::UnavailableError(fmt::format("zone \"{}\" is not connected", request.zone_name)));
  }
  const std::string id = base::RandomUuid();
  {
    // Known before it is asked: an answer may be quick.
    absl::MutexLock lock(&mu_);
    Pending& pending = pending_[id];
    pending.stream = call.get();
    pending.done = std::move(done);
    pending.timer = timers_.After(
        base::limits::kZoneRequestTime, workers_,
        [weak = weak_from_this(), id, stream = call.get()] {
          auto self = weak.lock();
          if (self == nullptr) return;
          self->Finish(id, stream, absl::DeadlineExceededError("the zone did not answer in time"));
        });
  }
  std::string message = EncodeZoneRequest(request, id);
  call->Post([self = shared_from_this(), call = call.get(), id, message = std::move(message)] {
    if (!call->Ask(message)) {
      self->Finish(id, call, absl::UnavailableError("the zone's stream ended"));
    }
  });
}

void GatewayImpl::OnAnswer(const Call* stream, const ZoneAnswer& answer) {
  const std::string id(answer.request_id.substr(0, 64));
  if (answer.is_error) {
    return Finish(id, stream,
                  absl::FailedPreconditionError(std::string(answer.error.substr(0, kErrorBytes))));
  }
  Finish(id, stream, std::string(answer.payload));
}

void GatewayImpl::Finish(const std::string& request_id, const Call* stream,
                         absl::StatusOr<std::string> result) {
  Pending pending;
  {
    absl::MutexLock lock(&mu_);
    const auto found = pending_.find(request_id);
    if (found == pending_.end() || found->second.stream != stream) return;
    pending = std::move(found->second);
    pending_.erase(found);
  }
  timers_.Cancel(pending.timer);
  pending.done(std::move(result));
}

void GatewayImpl::OnStreamEnd(const Call* stream) {
  std::vector<Pending> lost;
  {
    absl::MutexLock lock(&mu_);
    for (auto it = pending_.begin(); it != pending_.end();) {
      const auto at = it++;
      if (at->second.stream != stream) continue;
      lost.push_back(std::move(at->second));
      pending_.erase(at);
    }
  }
  for (Pending& pending : lost) {
    timers_.Cancel(pending.timer);
    pending.done(absl::UnavailableError("the zone disconnected before it answered"));
  }
}

}  // namespace skyden::kds
