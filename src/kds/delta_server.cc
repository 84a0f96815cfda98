// SPDX-License-Identifier: Apache-2.0
// The rules of the protocol (delta xDS as Kuma zones speak it):
// - one response at a time per type: after a response, nothing until the next request of that type;
// - the request with an empty nonce is always answered, and its answer is the complete state;
// - what was sent counts as received: a NACKed state is not sent again, only a changed one is.
#include "kds/delta_server.h"

#include <algorithm>
#include <utility>

#include "skyden/base/check.h"
#include "skyden/base/status.h"

namespace skyden::kds {
namespace {

// Room for what is added to a chunk: type, nonce, the name of the sender.
constexpr size_t kTailBytes = 512;

}  // namespace

DeltaServer::DeltaServer(const model::TypeRegistry& registry, Options options)
    : registry_(registry), options_(std::move(options)), states_(registry.size()) {
  SKYDEN_CHECK(registry.size() <= kTypesMax);
  if (const auto* mesh = registry.FindByName("Mesh")) mesh_ = static_cast<size_t>(mesh->id);
}

DeltaServer::Kind DeltaServer::OnRequest(const DeltaRequest& request, absl::Duration now) {
  const model::TypeDescriptor* type = registry_.FindByName(request.type_url);
  // Silence is the safe answer for what is not ours to give: an empty one would delete.
  if (type == nullptr || !IsSentToZones(*type)) return Kind::kIgnored;
  const auto index = static_cast<size_t>(type->id);
  TypeState& state = states_[index];
  state.open = true;
  subscribed_.set(index);
  candidates_.set(index);
  if (request.response_nonce.empty()) {
    state.first = true;
    return Kind::kSubscribe;
  }
  if (!request.rejects) return Kind::kAck;
  state.not_before = now + options_.nack_backoff;
  return Kind::kNack;
}

DeltaSend DeltaServer::Respond(TypeState& state, const model::TypeDescriptor& type) {
  state.open = false;
  state.first = false;
  DeltaSend send;
  send.type = &type;
  send.nonce = ++last_nonce_;
  return send;
}

std::optional<DeltaSend> DeltaServer::NextChunk(TypeState& state,
                                                const model::TypeDescriptor& type) {
  std::optional<DeltaSend> send;
  const auto& chunks = state.delta->chunks;
  while (!send.has_value() && state.chunk < chunks.size()) {
    const std::shared_ptr<const Chunk>& chunk = chunks[state.chunk++];
    std::vector<Piece> pieces = PiecesFor(*chunk, options_.zone);
    if (pieces.empty()) continue;
    send = Respond(state, type);
    send->chunk = chunk;
    send->pieces = std::move(pieces);
  }
  if (state.chunk == chunks.size()) {  // let go of it: only the message in flight holds its bytes
    state.sent = std::move(state.target);
    state.delta = nullptr;
  }
  return send;
}

// Leaves the type among the candidates unless there is nothing more to find out about it.
absl::StatusOr<std::optional<DeltaSend>> DeltaServer::NextOf(size_t index, SnapshotSource& source) {
  TypeState& state = states_[index];
  const model::TypeDescriptor& type = registry_.all()[index];
  while (true) {
    if (state.delta != nullptr) {
      if (auto send = NextChunk(state, type); send.has_value()) return send;
    }
    SKYDEN_ASSIGN_OR_RETURN(SnapshotRef current, source.Current(type.id));
    if (current == state.sent) break;
    auto delta = source.Between(state.sent, current);
    if (state.sent == nullptr && delta->bytes + kTailBytes > options_.message_bytes_max) {
      oversized_.set(index);
      candidates_.reset(index);
      return std::optional<DeltaSend>();
    }
    oversized_.reset(index);
    state.target = std::move(current);
    state.delta = std::move(delta);
    state.chunk = 0;
    if (state.delta->EmptyFor(options_.zone)) {
      state.sent = std::move(state.target);
      state.delta = nullptr;
      break;
    }
  }
  candidates_.reset(index);
  if (!state.first) return std::optional<DeltaSend>();
  return std::optional<DeltaSend>(Respond(state, type));
}

absl::StatusOr<std::optional<DeltaSend>> DeltaServer::Next(SnapshotSource& source,
                                                           absl::Duration now) {
  if (candidates_.none()) return std::optional<DeltaSend>();
  const auto due = [&](size_t index) {
    return candidates_[index] && states_[index].open && states_[index].not_before <= now;
  };
  // The meshes first: the rest lives in them.
  if (due(mesh_)) {
    SKYDEN_ASSIGN_OR_RETURN(auto send, NextOf(mesh_, source));
    if (send.has_value()) return send;
  }
  for (size_t index = 0; index < states_.size(); ++index) {
    if (!due(index)) continue;
    SKYDEN_ASSIGN_OR_RETURN(auto send, NextOf(index, source));
    if (send.has_value()) return send;
  }
  return std::optional<DeltaSend>();
}

absl::Duration DeltaServer::WakeAt() const {
  absl::Duration wake = absl::InfiniteDuration();
  for (size_t index = 0; index < states_.size(); ++index) {
    const TypeState& state = states_[index];
    if (candidates_[index] && state.open && state.not_before > -absl::InfiniteDuration()) {
      wake = std::min(wake, state.not_before);
    }
  }
  return wake;
}

}  // namespace skyden::kds
