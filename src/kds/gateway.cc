// SPDX-License-Identifier: Apache-2.0
#include "kds/gateway.h"

#include <utility>

#include "fmt/format.h"
#include "kds/authenticated_call.h"
#include "kds/wire.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

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

// What Kuma calls the operation, and the message that it takes.
std::string_view OperationOf(ZoneRequest::Kind kind) {
  switch (kind) {
    case ZoneRequest::Kind::kConfigDump:
      return "XDS Config Dump";
    case ZoneRequest::Kind::kStats:
      return "Stats";
    case ZoneRequest::Kind::kClusters:
      break;
  }
  return "Clusters";
}

std::string_view MessageOf(ZoneRequest::Kind kind) {
  switch (kind) {
    case ZoneRequest::Kind::kConfigDump:
      return "XDSConfigRequest";
    case ZoneRequest::Kind::kStats:
      return "StatsRequest";
    case ZoneRequest::Kind::kClusters:
      break;
  }
  return "ClustersRequest";
}

absl::Status ZoneIsOffline(ZoneRequest::Kind kind) {
  return absl::UnavailableError(
      fmt::format("couldn't execute {} operation, zone is offline", OperationOf(kind)));
}

absl::Status StreamIsNotConnected(ZoneRequest::Kind kind) {
  return base::WithTitle(
      absl::FailedPreconditionError(
          fmt::format("stream to execute {} operations is not yet connected", OperationOf(kind))),
      "Bad Request");
}

absl::Status CouldNotSend(ZoneRequest::Kind kind, const absl::Status& why) {
  return {why.code(), fmt::format("could not send {}: {}", MessageOf(kind),
                                  std::string_view(why.message().data(), why.message().size()))};
}

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

ZoneGateway::Ticket GatewayImpl::Ask(const model::TenantScope& scope, ZoneRequest request,
                                     Done done) {
  const auto refuse = [&](const absl::Status& why) {
    done(why);
    return Ticket();
  };
  const ZoneRequest::Kind kind = request.kind;
  const auto session = zones_.Find(scope.tenant(), request.zone_name);
  if (session == nullptr) return refuse(ZoneIsOffline(kind));
  const auto call = session->CallOf(StreamOf(kind));
  if (call == nullptr) return refuse(StreamIsNotConnected(kind));
  const Ticket id = base::RandomUuid();
  bool full = false;
  {
    // Known before it is asked: an answer may be quick.
    absl::MutexLock lock(&mu_);
    size_t& waiting = per_stream_[call.get()];
    full = waiting >= base::limits::kZoneRequests;
    if (!full) {
      ++waiting;
      Pending& pending = pending_[id];
      pending.stream = call.get();
      pending.kind = kind;
      pending.done = std::move(done);
      pending.timer = timers_.After(
          base::limits::kZoneRequestTime, workers_,
          [weak = weak_from_this(), id, stream = call.get()] {
            if (const auto self = weak.lock()) {
              self->Fail(id, stream,
                         absl::DeadlineExceededError("the zone did not answer in time"));
            }
          });
    }
  }
  if (full) {
    return refuse(
        absl::ResourceExhaustedError("too many questions wait for this zone's answers already"));
  }
  std::string message = EncodeZoneRequest(request, id);
  call->Post([self = shared_from_this(), call = call.get(), id, message = std::move(message)] {
    if (!call->Ask(message)) {
      self->Fail(id, call, absl::UnavailableError("the zone's stream ended"));
    }
  });
  return id;
}

void GatewayImpl::Cancel(const Ticket& ticket) { Take(ticket, nullptr); }

void GatewayImpl::OnAnswer(const Call* stream, const ZoneAnswer& answer) {
  const std::string id(answer.request_id.substr(0, 64));
  if (answer.is_error) {
    return Fail(id, stream,
                absl::FailedPreconditionError(
                    std::string(answer.error.substr(0, base::limits::kZoneErrorBytes))));
  }
  if (auto pending = Take(id, stream)) pending->done(std::string(answer.payload));
}

void GatewayImpl::Fail(const std::string& request_id, const Call* stream, absl::Status failure) {
  if (auto pending = Take(request_id, stream)) {
    pending->done(CouldNotSend(pending->kind, failure));
  }
}

std::optional<GatewayImpl::Pending> GatewayImpl::Take(const std::string& request_id,
                                                      const Call* stream) {
  std::optional<Pending> taken;
  {
    absl::MutexLock lock(&mu_);
    const auto found = pending_.find(request_id);
    if (found == pending_.end()) return std::nullopt;
    if (stream != nullptr && found->second.stream != stream) return std::nullopt;
    taken = std::move(found->second);
    pending_.erase(found);
    const auto of_stream = per_stream_.find(taken->stream);
    if (--of_stream->second == 0) per_stream_.erase(of_stream);
  }
  timers_.Cancel(taken->timer);
  return taken;
}

void GatewayImpl::OnStreamEnd(const Call* stream) {
  std::vector<std::string> lost;
  {
    absl::MutexLock lock(&mu_);
    if (!per_stream_.contains(stream)) return;
    for (const auto& [id, pending] : pending_) {
      if (pending.stream == stream) lost.push_back(id);
    }
  }
  for (const std::string& id : lost) {
    Fail(id, stream, absl::UnavailableError("the zone disconnected before it answered"));
  }
}

}  // namespace skyden::kds
