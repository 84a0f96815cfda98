// SPDX-License-Identifier: Apache-2.0
#include "http/listener_state.h"

#include "http/session.h"

namespace skyden::http {

namespace limits = base::limits;

bool ListenerState::Enter(const std::string& peer_key, std::shared_ptr<Session>& evicted) {
  absl::MutexLock lock(&mu);
  const size_t max = options.connections_max;
  const auto known = sessions_of.find(peer_key);
  const size_t of_address = known == sessions_of.end() ? 0 : known->second;
  if (of_address >= options.connections_per_address_max) return false;
  if (sessions >= max - max / limits::kRoomShare && !resting.empty()) {
    // It is alive: it leaves the list before its loop lets go of it.
    evicted = resting.front()->shared_from_this();
    evicted->resting_.reset();
    resting.pop_front();
  }
  // One that was evicted may be asked something at the same moment, and stay.
  const size_t limit = evicted == nullptr ? max : max + max / limits::kRoomShare + 1;
  if (sessions >= limit) return false;
  ++sessions_of[peer_key];
  ++sessions;
  return true;
}

void ListenerState::Leave(const std::string& peer_key) {
  absl::MutexLock lock(&mu);
  if (--sessions == 0) empty.SignalAll();
  const auto found = sessions_of.find(peer_key);
  if (found != sessions_of.end() && --found->second == 0) sessions_of.erase(found);
}

void ListenerState::Rest(Session& session) {
  absl::MutexLock lock(&mu);
  if (!session.resting_) session.resting_ = resting.insert(resting.end(), &session);
}

void ListenerState::Wake(Session& session) {
  absl::MutexLock lock(&mu);
  if (session.resting_) resting.erase(*std::exchange(session.resting_, std::nullopt));
}

}  // namespace skyden::http
