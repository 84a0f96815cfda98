// SPDX-License-Identifier: Apache-2.0
// A connection that was signed in by one call lets the others in. That is sound as long as all of
// them come from one zone, and what is looked at here is every sign that they do not: headers that
// only proxies set, another zone's name or credential, a second stream of a kind that a zone has
// only once. A proxy that gives no sign and mixes the calls of two zones of the same name is left
// with nothing but calls that wait for a credential, which ends it when it comes.
#include "kds/connection.h"

#include <utility>

#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"

namespace skyden::kds {
namespace {

constexpr char kOneEach[] =
    "zones whose address carries the token cannot share a connection: let each connect by itself, "
    "or with the token in an authorization header";

absl::Status AnotherZone() {
  return absl::PermissionDeniedError(
      fmt::format("this connection belongs to another zone; {}", kOneEach));
}

absl::Status SecondStream() {
  return absl::PermissionDeniedError(fmt::format(
      "this connection has such a stream already, which a zone opens once; {}", kOneEach));
}

absl::Status Proxied(std::string_view header) {
  return absl::PermissionDeniedError(fmt::format(
      "the call came through a proxy (header {}), which may carry many zones on one connection; "
      "behind it zones need the token in an authorization header",
      header));
}

uint8_t BitOf(const Arrival& arrival) {
  return arrival.kind.has_value() ? static_cast<uint8_t>(1u << static_cast<unsigned>(*arrival.kind))
                                  : uint8_t{0};
}

}  // namespace

Connection::Connection(std::shared_ptr<Connections> table,
                       const std::shared_ptr<rpc::Connection>& wire)
    : table_(std::move(table)),
      live_(table_->live()),
      wire_(wire),
      id_(wire->id()),
      peer_(wire->peer()),
      peer_ip_(wire->peer_ip()),
      strand_(table_->workers_, model::LaneOfAddress(net::AddressKey(peer_ip_))) {}

Connection::~Connection() {
  if (timer_ != 0) table_->timers_.Cancel(timer_);
  table_->Remove(id_);
}

absl::Status Connection::Admit(const Arrival& arrival) {
  if (broken_.has_value()) return *broken_;
  proxied_ = proxied_ || !arrival.proxy_header.empty();
  if (arrival.own_credential) {
    if (bound_calls_ == 0) return absl::OkStatus();
    if (proxied_) return Break(Proxied(arrival.proxy_header));
    return arrival.client_id == bound_name_ ? absl::OkStatus() : Break(AnotherZone());
  }
  if (proxied_) {
    return Break(Proxied(arrival.proxy_header.empty() ? "of another call" : arrival.proxy_header));
  }
  const bool another = (bound_calls_ > 0 && arrival.client_id != bound_name_) || met_several_ ||
                       (met_.has_value() && arrival.client_id != met_->name);
  if (another) return Break(AnotherZone());
  if ((bound_kinds_ & BitOf(arrival)) != 0) return Break(SecondStream());
  if (bound_calls_++ == 0) bound_name_ = arrival.client_id;
  bound_kinds_ |= BitOf(arrival);
  return absl::OkStatus();
}

void Connection::Leave(const Arrival& arrival) {
  if (arrival.own_credential) return;
  --bound_calls_;
  bound_kinds_ = static_cast<uint8_t>(bound_kinds_ & ~BitOf(arrival));
}

// The call that shows it is refused, which is told (Refusals), at most so often.
absl::Status Connection::Break(absl::Status why) {
  broken_ = why;
  identity_ = why;
  TellAll();
  if (const auto wire = wire_.lock()) wire->End(why);
  return why;
}

bool Connection::Fits(const identity::ZoneIdentity& identity) const {
  if (met_.has_value() && (met_several_ || met_->tenant != identity.scope.tenant() ||
                           met_->name != identity.zone.str())) {
    return false;
  }
  return !identity_.has_value() || !identity_->ok() ||
         ((**identity_)->scope.tenant() == identity.scope.tenant() &&
          (**identity_)->zone == identity.zone);
}

void Connection::Trust(const identity::ZoneIdentity& identity) {
  // Of several behind a proxy, the turn of the one that came last.
  strand_.MoveTo(model::LaneOfZones(identity.scope.tenant()));
  if (const auto wire = wire_.lock()) wire->Trust();
}

void Connection::Await(const std::shared_ptr<AuthenticatedCall>& call) {
  if (identity_.has_value()) return call->Settle(*identity_);
  if (waiting_.size() >= base::limits::kStreamsPerConnection) {
    return call->Settle(absl::ResourceExhaustedError("too many calls before the zone signed in"));
  }
  waiting_.push_back(call);
  if (timer_ != 0) return;
  timer_ = table_->timers_.After(
      base::limits::kKdsAuthenticationWait, table_->workers_, [weak = weak_from_this()] {
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
  if (broken_.has_value()) return *broken_;
  if (identity.ok()) {
    if (!Fits(**identity)) return Break(AnotherZone());
    ++settled_by_;
    Trust(**identity);
  }
  // A later failure does not take away what an earlier stream of the connection has shown.
  if (!identity_.has_value() || !identity_->ok() || identity.ok()) identity_ = identity;
  if (timer_ != 0) table_->timers_.Cancel(std::exchange(timer_, 0));
  TellAll();
  return identity.status();
}

void Connection::Unsettle() {
  // Whoever opens more calls shows the credential again: a proxy may give the connection to the
  // next zone.
  if (--settled_by_ == 0 && !broken_.has_value()) identity_.reset();
}

absl::Status Connection::Meet(const identity::ZoneIdentity& identity) {
  if (broken_.has_value()) return *broken_;
  const bool bound = settled_by_ > 0 && identity_.has_value() && identity_->ok();
  const bool same_as_met = met_.has_value() && met_->tenant == identity.scope.tenant() &&
                           met_->name == identity.zone.str();
  if (bound && !Fits(identity)) return Break(AnotherZone());
  met_several_ = met_several_ || (met_.has_value() && !same_as_met);
  if (!met_.has_value()) met_ = Zone{identity.scope.tenant(), identity.zone.str()};
  Trust(identity);
  return absl::OkStatus();
}

void Connection::TellAll() {
  for (const auto& weak : std::exchange(waiting_, {})) {
    if (auto call = weak.lock()) call->Settle(*identity_);
  }
}

void Connection::Review(std::shared_ptr<const Verdict> verdict) {
  strand_.Post([self = shared_from_this(), verdict = std::move(verdict)] {
    if (!self->identity_.has_value() || !self->identity_->ok()) return;
    if (absl::Status status = (*verdict)(***self->identity_); !status.ok()) {
      self->identity_ = std::move(status);
    }
  });
}

void Connection::HangUp(const absl::Status& why) {
  if (const auto wire = wire_.lock()) wire->End(why);
}

uint64_t Connection::TakenBytes() {
  const auto wire = wire_.lock();
  if (wire == nullptr) return taken_;
  const rpc::Connection::Traffic traffic = wire->traffic();
  // What is taken while nothing waits is not what waits.
  if (traffic.waiting) taken_ = traffic.taken;
  return taken_;
}

std::shared_ptr<Connection> Connections::Of(const std::shared_ptr<Connections>& table,
                                            const std::shared_ptr<rpc::Connection>& wire) {
  if (wire->attachment != nullptr) return std::static_pointer_cast<Connection>(wire->attachment);
  auto connection = std::make_shared<Connection>(table, wire);
  wire->attachment = connection;
  absl::MutexLock lock(&table->mu_);
  table->connections_[wire->id()] = connection;
  return connection;
}

std::vector<std::shared_ptr<Connection>> Connections::All() const {
  std::vector<std::shared_ptr<Connection>> all;
  absl::MutexLock lock(&mu_);
  for (const auto& [id, weak] : connections_) {
    if (auto connection = weak.lock()) all.push_back(std::move(connection));
  }
  return all;
}

void Connections::Remove(uint64_t id) {
  absl::MutexLock lock(&mu_);
  connections_.erase(id);
}

}  // namespace skyden::kds
