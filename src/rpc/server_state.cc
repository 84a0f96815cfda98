// SPDX-License-Identifier: Apache-2.0
#include "rpc/server_state.h"

#include <utility>

#include "rpc/connection_impl.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {

namespace limits = base::limits;

ServerState::ServerState(ServerOptions options, Acceptor acceptor)
    : options_(std::move(options)),
      acceptor_(std::move(acceptor)),
      addresses_(options_.connections_max, options_.connections_per_address_max),
      handshakes_(options_.handshakes_max, options_.handshakes_per_address_max),
      offences_(options_.name),
      arrivals_(clock_, offences_, options_.arrivals) {}

void ServerState::Add(const std::shared_ptr<ConnectionImpl>& connection) {
  tally.connections.Add();
  absl::MutexLock lock(&mu_);
  connections_[connection->id()] = connection;
}

void ServerState::Remove(const ConnectionImpl& connection) {
  addresses_.Leave(connection.peer_ip());
  absl::MutexLock lock(&mu_);
  connections_.erase(connection.id());
  if (connections_.empty()) fewer_.SignalAll();
}

std::vector<std::shared_ptr<ConnectionImpl>> ServerState::All() const {
  std::vector<std::shared_ptr<ConnectionImpl>> all;
  absl::MutexLock lock(&mu_);
  all.reserve(connections_.size());
  for (const auto& [id, weak] : connections_) {
    if (auto connection = weak.lock()) all.push_back(std::move(connection));
  }
  return all;
}

bool ServerState::AwaitNoConnections(absl::Duration at_most) {
  absl::MutexLock lock(&mu_);
  return fewer_.AwaitFor(mu_, at_most,
                         [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return connections_.empty(); });
}

void ServerState::CallBegins() {
  tally.calls.Add();
  absl::MutexLock lock(&mu_);
  ++calls_;
}

void ServerState::CallEnds() {
  absl::MutexLock lock(&mu_);
  if (--calls_ == 0) fewer_.SignalAll();
}

bool ServerState::AwaitNoCalls(absl::Duration at_most) {
  absl::MutexLock lock(&mu_);
  return fewer_.AwaitFor(mu_, at_most,
                         [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return calls_ == 0; });
}

void ServerState::AddStranger(const std::shared_ptr<ConnectionImpl>& connection) {
  absl::MutexLock lock(&mu_);
  strangers_[connection->id()] = connection;
}

void ServerState::RemoveStranger(const ConnectionImpl& connection) {
  absl::MutexLock lock(&mu_);
  strangers_.erase(connection.id());
}

void ServerState::MakeRoom() {
  const size_t max = options_.connections_max;
  if (addresses_.total() < max - max / limits::kRoomShare) return;
  std::shared_ptr<ConnectionImpl> oldest;
  {
    absl::MutexLock lock(&mu_);
    if (strangers_.empty()) return;
    oldest = strangers_.begin()->second.lock();
    strangers_.erase(strangers_.begin());
  }
  if (oldest == nullptr) return;
  offences_.Note(oldest->peer_ip(), "no sign-in, and the room is needed", clock_.Monotonic());
  oldest->CloseIfStranger();
}

void ServerState::StrangerHolds(int64_t change) {
  const int64_t held = stranger_bytes_.fetch_add(change) + change;
  if (change <= 0 || held <= static_cast<int64_t>(limits::kRpcStrangerBytes)) return;
  std::shared_ptr<ConnectionImpl> largest;
  for (auto& connection : All()) {
    if (largest == nullptr || connection->stranger_bytes() > largest->stranger_bytes()) {
      largest = std::move(connection);
    }
  }
  if (largest == nullptr) return;
  // Counted as gone already: the next to come must not choose it again.
  stranger_bytes_.fetch_sub(static_cast<int64_t>(largest->Condemn()));
  largest->EndForAbuse("strangers hold too many bytes, this one most");
}

void ServerState::NoteAbuse(std::string_view ip, std::string_view what) {
  ended_for_abuse_.fetch_add(1);
  tally.OffenceOf(what).Add();
  offences_.Note(ip, what, clock_.Monotonic());
}

Server::Counters ServerState::counters() const {
  Server::Counters counters;
  counters.connections = addresses_.total();
  counters.refused =
      tally.refused_crowded.value() + tally.refused_fast.value() + tally.refused_handshakes.value();
  counters.stranger_bytes = static_cast<size_t>(std::max<int64_t>(stranger_bytes_.load(), 0));
  counters.ended_for_abuse = ended_for_abuse_.load();
  absl::MutexLock lock(&mu_);
  counters.strangers = strangers_.size();
  counters.calls = calls_;
  return counters;
}

}  // namespace skyden::rpc
