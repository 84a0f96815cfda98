// SPDX-License-Identifier: Apache-2.0
// gRPC gives every connection one authentication context and every call of it the same. The address
// of a property inside it names the connection for as long as the context is held, which a peer's
// address and port would not do as surely.
#include "kds/connection.h"

#include <utility>

#include "fmt/format.h"
#include "kds/zone_call.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

constexpr char kProperty[] = "transport_security_type";

const void* KeyOf(const grpc::AuthContext& context) {
  const auto values = context.FindPropertyValues(kProperty);
  return values.empty() ? nullptr : values.front().data();
}

std::string WithoutPort(const std::string& peer) { return peer.substr(0, peer.rfind(':')); }

}  // namespace

Connection::Connection(ConnectionTable& table, const void* key,
                       std::shared_ptr<const grpc::AuthContext> context, std::string peer)
    : table_(table),
      live_(table.live()),
      key_(key),
      context_(std::move(context)),
      peer_(std::move(peer)),
      strand_(table.workers_, model::LaneOfAddress(WithoutPort(peer_))) {}

Connection::~Connection() {
  if (timer_ != 0) table_.timers_.Cancel(timer_);
  table_.Remove(key_, peer_);
}

void Connection::Await(const std::shared_ptr<ZoneCall>& call) {
  if (identity_.has_value()) return call->Settle(*identity_);
  if (waiting_.size() >= base::limits::kStreamsPerConnection) {
    return call->Settle(absl::ResourceExhaustedError("too many calls before the zone signed in"));
  }
  waiting_.push_back(call);
  if (timer_ != 0) return;
  timer_ = table_.timers_.After(
      base::limits::kKdsAuthenticationWait, table_.workers_, [weak = weak_from_this()] {
        auto self = weak.lock();
        if (self == nullptr) return;
        self->strand_.Post([self] {
          if (self->identity_.has_value()) return;
          self->Settle(absl::UnauthenticatedError(
                           "no credential: neither an authorization header nor a token in the "
                           "zone's globalAddress arrived in time"))
              .IgnoreError();
        });
      });
}

absl::Status Connection::Settle(const IdentityOr& identity) {
  if (identity_.has_value() && identity_->ok() && identity.ok()) {
    const bool same = (*identity_)->scope.tenant() == identity->scope.tenant() &&
                      (*identity_)->zone == identity->zone;
    if (!same) {
      return absl::PermissionDeniedError(
          "this connection belongs to another zone; zones whose address carries the token cannot "
          "share a connection through a proxy");
    }
  }
  // A later failure does not take away what an earlier stream of the connection has shown.
  if (!identity_.has_value() || !identity_->ok() || identity.ok()) identity_ = identity;
  if (timer_ != 0) table_.timers_.Cancel(std::exchange(timer_, 0));
  if (identity_->ok()) strand_.MoveTo(model::LaneOfZones((*identity_)->scope.tenant()));
  TellAll();
  return identity.status();
}

void Connection::TellAll() {
  for (const auto& weak : std::exchange(waiting_, {})) {
    if (auto call = weak.lock()) call->Settle(*identity_);
  }
}

void Connection::Review(std::shared_ptr<const Verdict> verdict) {
  strand_.Post([self = shared_from_this(), verdict = std::move(verdict)] {
    if (!self->identity_.has_value() || !self->identity_->ok()) return;
    if (absl::Status status = (*verdict)(**self->identity_); !status.ok()) {
      self->identity_ = std::move(status);
    }
  });
}

uint64_t Connection::TakenBytes() {
  const auto socket = table_.sockets().Of(peer_);
  const auto traffic = socket == nullptr ? std::nullopt : socket->Look();
  // What is taken while nothing waits is not what waits.
  if (traffic.has_value() && traffic->waiting) taken_ = traffic->taken;
  return taken_;
}

void Connection::CutIfSilent(absl::Duration now) {
  const auto socket = table_.sockets().Of(peer_);
  const auto traffic = socket == nullptr ? std::nullopt : socket->Look();
  if (!traffic.has_value()) return;
  const bool taken = traffic->waiting && traffic->taken != seen_.taken;
  if (taken || traffic->received != seen_.received || moved_at_ == -absl::InfiniteDuration()) {
    moved_at_ = now;
  }
  seen_ = *traffic;
  if (now - moved_at_ < base::limits::kKdsSendStall) return;
  telemetry::Log(telemetry::Level::info, "nothing moves on a zone's connection: hanging up",
                 {{"peer", peer_}});
  socket->Cut();
}

std::shared_ptr<Connection> ConnectionTable::Of(std::shared_ptr<const grpc::AuthContext> context,
                                                const std::string& peer) {
  const void* key = context == nullptr ? nullptr : KeyOf(*context);
  std::shared_ptr<Connection> connection;
  absl::MutexLock lock(&mu_);
  // Without a name for the connection a call stands alone: only a header can authenticate it.
  if (key != nullptr) {
    if (const auto known = connections_.find(key); known != connections_.end()) {
      connection = known->second.lock();
    }
    if (connection != nullptr) return connection;
  }
  size_t& count = per_address_[WithoutPort(peer)];
  if (count >= per_address_max_) return nullptr;
  ++count;
  connection = std::make_shared<Connection>(*this, key, std::move(context), peer);
  if (key != nullptr) connections_[key] = connection;
  return connection;
}

std::vector<std::shared_ptr<Connection>> ConnectionTable::All() const {
  std::vector<std::shared_ptr<Connection>> all;
  absl::MutexLock lock(&mu_);
  for (const auto& [key, weak] : connections_) {
    if (auto connection = weak.lock()) all.push_back(std::move(connection));
  }
  return all;
}

void ConnectionTable::Remove(const void* key, const std::string& peer) {
  absl::MutexLock lock(&mu_);
  const auto count = per_address_.find(WithoutPort(peer));
  if (count != per_address_.end() && --count->second == 0) per_address_.erase(count);
  const auto found = connections_.find(key);
  // A new connection may have been made under the key meanwhile (by a call of the same one).
  if (found != connections_.end() && found->second.expired()) connections_.erase(found);
}

}  // namespace skyden::kds
