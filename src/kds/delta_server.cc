// SPDX-License-Identifier: Apache-2.0
// The rules of the protocol (delta xDS as Kuma zones speak it):
// - one response at a time per type: after a response, nothing until the next request of that type;
// - the request with an empty nonce is always answered, and its answer is the complete state;
// - what was sent counts as received: a NACKed state is not sent again, only a changed one is.
#include "kds/delta_server.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "kds/refusal_text.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::kds {
namespace {

// Finds what a zone calls by name: as it was sent, on Kubernetes with a namespace behind it.
class ByName {
 public:
  ByName(const Snapshot& sent, const Inquiry::Items& items) {
    for (const Inquiry::Item& item : items) {
      for (const std::string& full : SentNames(sent, *item)) {
        std::string_view bare, mesh;
        if (SplitResourceName(full, bare, mesh)) items_.try_emplace(std::string(bare), item);
      }
    }
  }

  // nullptr: nothing is called so.
  Inquiry::Item Find(std::string_view name) const {
    if (name.size() > kNameBytes) return nullptr;
    while (!name.empty()) {
      const auto found = items_.find(name);
      if (found != items_.end()) return found->second;
      const size_t dot = name.rfind('.');
      name = name.substr(0, dot == std::string_view::npos ? 0 : dot);
    }
    return nullptr;
  }

 private:
  static constexpr size_t kNameBytes = 1024;  // no zone's are as long
  std::map<std::string, Inquiry::Item, std::less<>> items_;
};

// May the zone have more than one line to say of one of them?
Inquiry::Lines LinesOf(const Snapshot& sent, const Inquiry::Items& items) {
  const bool two = std::any_of(items.begin(), items.end(), [&](const Inquiry::Item& item) {
    return SentNames(sent, *item).size() > 1;
  });
  return two ? Inquiry::Lines::kSome : Inquiry::Lines::kOneEach;
}

}  // namespace

DeltaServer::DeltaServer(const model::TypeRegistry& registry, Options options)
    : registry_(registry),
      options_(std::move(options)),
      states_(registry.size()),
      delivery_(options_.propagation) {
  SKYDEN_CHECK(registry.size() <= kTypesMax);
  mesh_ = static_cast<size_t>(registry.core().mesh->id);
}

void DeltaServer::MarkDirty(const Notice& notice) {
  candidates_ |= notice.types & subscribed_;
  for (const auto& [index, first] : notice.first) {
    // A first state is not sent because of a change.
    if (subscribed_[index] && states_[index].sent != nullptr) {
      delivery_.Changed(index, notice.since, first);
    }
  }
  delivery_.KnowsUntil(notice.until);
}

// When nothing is open, all that was sent was taken, and the oldest of it says how far.
void DeltaServer::OnTaken(size_t index, absl::Duration now) {
  if (sending_.contains(index)) return;  // there is more to come
  delivery_.Took(index, now);
  if (!delivery_.behind()[index]) states_[index].newest_taken = states_[index].newest_sent;
  if (!delivery_.settled()) return;
  model::Revision until = std::numeric_limits<model::Revision>::max();
  for (size_t type = 0; type < states_.size(); ++type) {
    if (!subscribed_[type]) continue;
    const SnapshotRef& sent = states_[type].sent;
    until = std::min(until, sent == nullptr ? 0 : sent->view->revision());
  }
  whole_until_ = std::max(whole_until_, until);
}

model::Revision DeltaServer::confirmed() const {
  return has_asked_ ? std::max(whole_until_, delivery_.until()) : 0;
}

std::vector<TypeProgress> DeltaServer::Deliveries(SnapshotSource& source) {
  std::vector<TypeProgress> all;
  const std::vector<OpenType> open = delivery_.open();
  for (size_t index = 0; index < states_.size(); ++index) {
    if (!subscribed_[index]) continue;
    const TypeState& state = states_[index];
    TypeProgress& one = all.emplace_back();
    one.type = index;
    one.sent = state.newest_sent;
    one.taken = state.newest_taken;
    one.newest = one.sent;
    one.is_withheld = oversized_[index];
    const auto found = std::find_if(open.begin(), open.end(),
                                    [&](const OpenType& type) { return type.type == index; });
    if (found != open.end()) one.open = *found;
    const auto sending = sending_.find(index);
    const SnapshotRef& base = sending == sending_.end() ? state.sent : sending->second.target;
    const auto current = source.Current(registry_.all()[index].id);
    if (!current.ok() || *current == base) continue;
    one.newest = std::max(one.newest, source.Between(base, *current)->NewestFor(options_.zone));
  }
  return all;
}

DeltaServer::Kind DeltaServer::OnRequest(const DeltaRequest& request, absl::Duration now) {
  const model::TypeDescriptor* type = registry_.FindByName(request.type_url);
  // Silence is the safe answer for what is not ours to give: an empty one would delete.
  if (type == nullptr || !type->IsSentToZones()) return Kind::kIgnored;
  const auto index = static_cast<size_t>(type->id);
  TypeState& state = states_[index];
  state.open = true;
  subscribed_.set(index);
  candidates_.set(index);
  if (!request.response_nonce.empty()) return OnAnswer(index, request, now);
  state.first = true;
  state.nonce = 0;
  state.newest_taken = 0;
  whole_until_ = 0;
  inquiries_.erase(index);
  delivery_.Begins(index, now);
  return Kind::kSubscribe;
}

DeltaServer::Kind DeltaServer::OnAnswer(size_t index, const DeltaRequest& request,
                                        absl::Duration now) {
  TypeState& state = states_[index];
  has_asked_ = true;
  const auto open = inquiries_.find(index);
  if (open != inquiries_.end() && open->second.inquiry.asking() &&
      request.response_nonce == std::to_string(open->second.nonce)) {
    if (request.rejects) {
      open->second.inquiry.Refused(request.error_message);
    } else {
      open->second.inquiry.Taken();
    }
    return Kind::kAnswer;
  }
  // What is said again, or of what was asked for anew since, says nothing of what is out.
  const bool of_last = request.response_nonce == std::to_string(state.nonce);
  if (of_last) state.nonce = 0;
  if (of_last && request.rejects) delivery_.Refused(index);
  if (of_last && !request.rejects) OnTaken(index, now);
  if (request.rejects) not_before_[index] = now + options_.nack_backoff;
  if (state.sent != nullptr) {
    const auto what = request.rejects ? ZoneVerdict::What::kRefuses : ZoneVerdict::What::kTook;
    verdicts_.push_back({what, state.sent, state.whole});
    if (request.rejects) OnNack(index, request.error_message);
  }
  return request.rejects ? Kind::kNack : Kind::kAck;
}

// What the words of the zone tell by themselves is told at once; the rest is asked for.
void DeltaServer::OnNack(size_t index, std::string_view message) {
  TypeState& state = states_[index];
  const auto sending = sending_.find(index);
  const SnapshotRef& sent = sending != sending_.end() ? sending->second.target : state.sent;
  Inquiry::Items suspects = NewerFor(*sent, state.whole ? 0 : state.base, options_.zone);
  const auto tell = [&](ZoneVerdict::What what, Inquiry::Item item, std::string_view reason) {
    verdicts_.push_back({what, state.sent, false, std::move(item), std::string(reason)});
  };
  const std::vector<RefusedLine> lines = ReadRefusal(message);
  const bool names_some = std::any_of(lines.begin(), lines.end(),
                                      [](const RefusedLine& line) { return !line.name.empty(); });
  const ByName by_name(*sent, names_some ? suspects : Inquiry::Items());
  std::string unnamed;
  std::set<Inquiry::Item> named;
  for (const RefusedLine& line : lines) {
    const Inquiry::Item item = by_name.Find(line.name);
    if (item == nullptr) {
      unnamed += unnamed.empty() ? "" : "\n";
      unnamed += line.text;
    } else if (named.insert(item).second) {  // else its other half
      tell(ZoneVerdict::What::kRefused, item, line.text);
    }
  }
  std::erase_if(suspects, [&](const Inquiry::Item& item) { return named.contains(item); });
  const bool all_named = !named.empty() && unnamed.empty();
  if (!all_named && suspects.empty()) return tell(ZoneVerdict::What::kUnclear, nullptr, unnamed);
  if (!all_named && suspects.size() > 1) tell(ZoneVerdict::What::kAsking, nullptr, unnamed);
  const size_t questions = options_.asks ? base::limits::kInquiryMessages : 0;
  const auto open = inquiries_.try_emplace(index, OpenInquiry{Inquiry(questions)}).first;
  if (all_named) return;
  const auto has_lines = LinesOf(*sent, suspects);
  open->second.inquiry.Suspect(std::move(suspects), unnamed, has_lines);
  open->second.message = std::move(unnamed);
}

// Asks again for parts of what was refused. What changed meanwhile is judged when it is sent anew.
std::optional<DeltaSend> DeltaServer::NextQuestion(size_t index) {
  TypeState& state = states_[index];
  OpenInquiry& open = inquiries_.at(index);
  if (!state.open || sending_.contains(index) || open.inquiry.asking()) return std::nullopt;
  const Inquiry::Items items = open.inquiry.Next([&](const Inquiry::Item& item) {
    const auto now = state.sent->view->Find(item->key);
    return now != nullptr && LooksTheSame(*now, *item);
  });
  for (Inquiry::Found& found : open.inquiry.TakeFound()) {
    verdicts_.push_back({ZoneVerdict::What::kRefused, state.sent, false, std::move(found.item),
                         std::move(found.reason)});
  }
  if (items.empty()) {
    const auto what =
        open.inquiry.gave_up() ? ZoneVerdict::What::kUnclear : ZoneVerdict::What::kSettled;
    verdicts_.push_back({what, state.sent, false, nullptr, std::move(open.message)});
    inquiries_.erase(index);
    return std::nullopt;
  }
  DeltaSend send = Respond(state, state.sent->type);
  open.nonce = send.nonce;
  send.asks = true;
  send.chunk = ChunkOf(*state.sent, items);
  send.pieces = {{0, send.chunk->bytes.size()}};
  return send;
}

size_t DeltaServer::oversized_bytes(model::TypeId type) const {
  const auto found = oversized_bytes_.find(static_cast<size_t>(type));
  return found == oversized_bytes_.end() ? 0 : found->second;
}

DeltaSend DeltaServer::Respond(TypeState& state, const model::TypeDescriptor& type) {
  state.open = false;
  state.first = false;
  DeltaSend send;
  send.type = &type;
  send.nonce = ++last_nonce_;
  state.nonce = send.nonce;
  return send;
}

std::optional<DeltaSend> DeltaServer::NextChunk(TypeState& state,
                                                const model::TypeDescriptor& type) {
  std::optional<DeltaSend> send;
  const auto at = sending_.find(static_cast<size_t>(type.id));
  Sending& sending = at->second;
  const auto& chunks = sending.delta->chunks;
  while (!send.has_value() && sending.chunk < chunks.size()) {
    const std::shared_ptr<const Chunk>& chunk = chunks[sending.chunk++];
    std::vector<Piece> pieces = PiecesFor(*chunk, options_.zone);
    if (pieces.empty()) continue;
    send = Respond(state, type);
    send->chunk = chunk;
    send->pieces = std::move(pieces);
  }
  if (sending.chunk == chunks.size()) {  // let go of it: only the message in flight has its bytes
    state.sent = std::move(sending.target);
    sending_.erase(at);
  }
  return send;
}

// Leaves the type among the candidates unless there is nothing more to find out about it.
absl::StatusOr<std::optional<DeltaSend>> DeltaServer::NextOf(size_t index, SnapshotSource& source,
                                                             absl::Duration now) {
  TypeState& state = states_[index];
  const model::TypeDescriptor& type = registry_.all()[index];
  while (true) {
    if (sending_.contains(index)) {
      if (auto send = NextChunk(state, type); send.has_value()) return send;
    }
    SKYDEN_ASSIGN_OR_RETURN(SnapshotRef current, source.Current(type.id));
    if (current == state.sent) {
      delivery_.NothingDue(index);
      break;
    }
    auto delta = source.Between(state.sent, current);
    if (state.sent == nullptr && delta->bytes + kTailBytes > options_.message_bytes_max) {
      oversized_.set(index);
      oversized_bytes_[index] = delta->bytes;
      candidates_.reset(index);
      return std::optional<DeltaSend>();
    }
    oversized_.reset(index);
    oversized_bytes_.erase(index);
    state.whole = state.sent == nullptr;
    state.base = state.whole ? 0 : state.sent->view->revision();
    if (delta->EmptyFor(options_.zone)) {
      state.sent = std::move(current);
      delivery_.NothingDue(index);
      break;
    }
    state.newest_sent = std::max(state.newest_sent, delta->NewestFor(options_.zone));
    sending_[index] = Sending{std::move(delta), std::move(current), 0};
    delivery_.Sends(index, now);
  }
  candidates_.reset(index);
  if (!state.first) return std::optional<DeltaSend>();
  return std::optional<DeltaSend>(Respond(state, type));
}

absl::StatusOr<std::optional<DeltaSend>> DeltaServer::Next(SnapshotSource& source,
                                                           absl::Duration now) {
  if (candidates_.none() && inquiries_.empty()) return std::optional<DeltaSend>();
  std::erase_if(not_before_, [now](const auto& pause) { return pause.second <= now; });
  const auto due = [&](size_t index) {
    return candidates_[index] && states_[index].open && !not_before_.contains(index);
  };
  // The meshes first: the rest lives in them.
  if (due(mesh_)) {
    SKYDEN_ASSIGN_OR_RETURN(auto send, NextOf(mesh_, source, now));
    if (send.has_value()) return send;
  }
  for (size_t index = 0; index < states_.size(); ++index) {
    if (!due(index)) continue;
    SKYDEN_ASSIGN_OR_RETURN(auto send, NextOf(index, source, now));
    if (send.has_value()) return send;
  }
  // After what changed, and whatever the pause: each question follows from an answer.
  for (auto next = inquiries_.begin(); next != inquiries_.end();) {
    const size_t index = next->first;
    ++next;  // it may be over with this one
    if (auto question = NextQuestion(index)) return question;
  }
  return std::optional<DeltaSend>();
}

absl::Duration DeltaServer::WakeAt() const {
  absl::Duration wake = absl::InfiniteDuration();
  for (const auto& [index, until] : not_before_) {
    if (candidates_[index] && states_[index].open) wake = std::min(wake, until);
  }
  return wake;
}

}  // namespace skyden::kds
