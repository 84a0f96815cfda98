// SPDX-License-Identifier: Apache-2.0
// A revision may write several resources. Only the last event of a revision carries its number as
// id, so that a client that is cut off in the middle gets the whole revision again.
#include "rest/watcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rest/json_writer.h"
#include "rest/sign_in.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/identity/access_change.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/lanes.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/access.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

namespace limits = base::limits;

std::string PlaceEvent(std::string_view name, const EventPlace& place) {
  const std::string data = JsonWriter()
                               .BeginObject()
                               .Field("revision", place.revision)
                               .Field("epoch", place.epoch)
                               .EndObject()
                               .Take();
  return EventText(name, EventId(place.epoch, place.revision), data);
}

void Insert(std::vector<model::TypeId>& types, model::TypeId type) {
  const auto at = std::lower_bound(types.begin(), types.end(), type);
  if (at == types.end() || *at != type) types.insert(at, type);
}

}  // namespace

std::string EventText(std::string_view name, const std::optional<std::string>& id,
                      std::string_view data) {
  std::string text;
  if (id) text = fmt::format("id: {}\n", *id);
  return text + fmt::format("event: {}\ndata: {}\n\n", name, data);
}

std::string ReadyEvent(const EventPlace& place) { return PlaceEvent("ready", place); }

std::string ResetEvent(const EventPlace& place) { return PlaceEvent("reset", place); }

std::string HeartbeatComment() { return ": still here\n\n"; }

std::string ChangeEvent(const model::TypeRegistry& registry, std::string_view epoch,
                        const model::Resource& change, OfRevision place) {
  JsonWriter json;
  json.BeginObject()
      .Field("revision", change.revision)
      .Field("operation", change.deleted ? "delete" : "put")
      .Field("type", registry.at(change.type).name)
      .OptionalField("mesh", change.key.mesh)
      .Field("name", change.key.name)
      .OptionalField("zone", change.zone);
  if (!change.deleted) json.Field("time", base::FormatRfc3339(change.modification_time));
  json.EndObject();
  const bool last = place == OfRevision::kLast;
  return EventText("change", last ? std::optional(EventId(epoch, change.revision)) : std::nullopt,
                   json.Take());
}

std::string RefusalEvent(const model::TypeRegistry& registry, const kds::RefusedResource& refused,
                         RefusalIs what) {
  const bool begins = what == RefusalIs::kBegins;
  JsonWriter json;
  json.BeginObject()
      .Field("operation", begins ? "reject" : "clear")
      .Field("type", registry.at(refused.type).name)
      .OptionalField("mesh", refused.key.mesh)
      .OptionalField("name", refused.key.name)
      .Field("zone_name", refused.zone_name);
  if (begins) {
    json.Field("reason", refused.reason).Field("since", base::FormatRfc3339(refused.since));
  }
  json.EndObject();
  return EventText(begins ? "rejected" : "cleared", std::nullopt, json.Take());
}

Watcher::Watcher(const WatchDeps& deps, const Call& call, WatchRequest request,
                 std::function<void()> on_over)
    : deps_(deps),
      scope_(*call.scope),
      control_plane_(call.control_plane),
      credential_(call.credential),
      account_(call.caller && call.caller->token ? call.caller->principal.id : std::string()),
      token_(call.caller ? call.caller->token : std::nullopt),
      by_groups_(call.caller && call.caller->by_groups),
      request_(std::move(request)),
      secrets_(deps.registry.core().global_secret->id),
      strand_(deps.workers, model::LaneOf(call.scope->tenant())),
      on_over_(std::move(on_over)),
      dirty_(request_.types) {}

std::shared_ptr<Watcher> Watcher::Make(const WatchDeps& deps, const Call& call,
                                       WatchRequest request, std::function<void()> on_over) {
  auto watcher = std::make_shared<Watcher>(deps, call, std::move(request), std::move(on_over));
  const auto later = [weak = std::weak_ptr<Watcher>(watcher)](void (Watcher::*what)()) {
    return [weak, what] {
      if (const auto self = weak.lock()) self->Post(what);
    };
  };
  watcher->body_ = http::BodyStream::Create({.bytes_max = limits::kWatchBytes,
                                             .on_drained = later(&Watcher::Pump),
                                             .on_gone = later(&Watcher::Finish)});
  return watcher;
}

http::Response Watcher::Begin() {
  Post(&Watcher::Start);
  return {.content_type = "text/event-stream",
          .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}},
          .stream = body_};
}

void Watcher::Post(void (Watcher::*what)()) {
  strand_.Post([self = shared_from_this(), what] { ((*self).*what)(); });
}

void Watcher::End() { Post(&Watcher::Finish); }

void Watcher::Heartbeat() {
  // Whoever has not taken the last one learns from the connection that it stalls.
  body_->Write(HeartbeatComment());
  CheckCredential();
}

void Watcher::CheckCredential() {
  strand_.Post([self = shared_from_this()] {
    if (self->over_) return;
    Call again;
    again.control_plane = self->control_plane_;
    again.credential = self->credential_;
    again.noting = identity::Authenticator::Noting::kLook;
    if (!SignInToKuma(self->deps_.authenticator, again).ok()) self->Finish();
  });
}

bool Watcher::MayEndWith(const store::Change& change) const {
  return identity::MayEndAccessOf({organization(), tenant(), account_, token_, by_groups_}, change);
}

void Watcher::OnChange(const store::Change& change) {
  bool wakes = false;
  {
    absl::MutexLock lock(&mu_);
    const bool any = change.all || change.types.empty();
    for (const model::TypeId type : any ? request_.types : change.types) {
      if (!change.Names(type)) continue;
      if (!std::binary_search(request_.types.begin(), request_.types.end(), type)) continue;
      Insert(dirty_, type);
      wakes = true;
    }
    rollouts_dirty_ |= change.NamesRollouts();
    wakes |= rollouts_dirty_;
  }
  if (wakes) Post(&Watcher::Pump);
  if (change.Names(secrets_)) CheckCredential();
}

void Watcher::Start() {
  if (over_) return;
  // Notices first: what changes from here on is not missed.
  subscription_ = deps_.store.Subscribe(scope_.tenant(),
                                        [weak = weak_from_this()](const store::Change& change) {
                                          if (const auto self = weak.lock()) self->OnChange(change);
                                        });
  if (deps_.verdicts != nullptr) {
    verdicts_ = deps_.verdicts->Subscribe(scope_.tenant(), [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self == nullptr) return;
      {
        absl::MutexLock lock(&self->mu_);
        self->verdicts_dirty_ = true;
      }
      self->Post(&Watcher::Pump);
    });
  }
  model::Revision now = 0;
  const absl::Status read = deps_.store.Read(scope_, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(now, tx.CurrentRevision());
    return absl::OkStatus();
  });
  if (!read.ok()) return FinishAfter(read);
  const model::Revision since = request_.since.value_or(now);
  // Of another life of this database or control plane, or too long ago.
  const bool unknown = request_.of_other_life || since > now || now - since > limits::kWatchBacklog;
  sent_ = unknown ? now : since;
  waiting_.push_back(unknown ? ResetEvent(At(now)) : ReadyEvent(At(sent_)));
  Pump();
}

void Watcher::Pump() {
  if (over_ || subscription_ == nullptr) return;
  for (;;) {
    for (; !waiting_.empty(); waiting_.pop_front()) {
      if (!body_->Write(waiting_.front())) return;  // goes on when it is drained
    }
    std::vector<model::TypeId> types;
    bool verdicts = false;
    bool rollouts = false;
    {
      absl::MutexLock lock(&mu_);
      types.swap(dirty_);
      std::swap(verdicts, verdicts_dirty_);
      std::swap(rollouts, rollouts_dirty_);
    }
    if (types.empty() && !verdicts && !rollouts) return;
    absl::Status read = types.empty() ? absl::OkStatus() : ReadChanges(types);
    if (read.ok() && verdicts) read = ReadVerdicts();
    if (read.ok() && rollouts) read = ReadRollouts();
    if (!read.ok()) return FinishAfter(read);
  }
}

absl::Status Watcher::ReadRollouts() {
  // They are of the control plane as a whole.
  if (deps_.rollouts == nullptr || model::IsInParts(scope_)) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(const auto now, deps_.rollouts->List(scope_));
  for (std::string& event : rollouts_.News(now, request_.mesh)) {
    waiting_.push_back(std::move(event));
  }
  return absl::OkStatus();
}

// What is refused now, against what the client was told.
absl::Status Watcher::ReadVerdicts() {
  if (deps_.verdicts == nullptr) return absl::OkStatus();
  SKYDEN_ASSIGN_OR_RETURN(auto now, deps_.verdicts->Refused(scope_));
  std::erase_if(now, [&](const kds::RefusedResource& one) { return !Wants(one.type, one.key); });
  const auto tell = [&](const auto& these, const auto& others, RefusalIs what) {
    for (const kds::RefusedResource& one : these) {
      const bool in_both = std::any_of(others.begin(), others.end(), [&](const auto& other) {
        return other.zone_name == one.zone_name && other.type == one.type && other.key == one.key &&
               other.reason == one.reason;
      });
      if (!in_both) waiting_.push_back(RefusalEvent(deps_.registry, one, what));
    }
  };
  tell(refused_, now, RefusalIs::kIsOver);
  tell(now, refused_, RefusalIs::kBegins);
  refused_ = std::move(now);
  return absl::OkStatus();
}

absl::Status Watcher::ReadChanges(const std::vector<model::TypeId>& types) {
  std::vector<model::Resource> changes;
  model::Revision revision = 0;
  const absl::Status read = deps_.store.Read(
      scope_, [&](store::ReadTx& tx) { return ReadIn(tx, types, changes, revision); });
  if (absl::IsOutOfRange(read)) {
    waiting_.push_back(ResetEvent(At(revision)));
    sent_ = revision;
    return absl::OkStatus();
  }
  if (!read.ok()) return read;
  Queue(std::move(changes), revision);
  return absl::OkStatus();
}

absl::Status Watcher::ReadIn(store::ReadTx& tx, const std::vector<model::TypeId>& types,
                             std::vector<model::Resource>& changes,
                             model::Revision& revision) const {
  changes.clear();
  SKYDEN_ASSIGN_OR_RETURN(revision, tx.CurrentRevision());
  for (const model::TypeId type : types) {
    SKYDEN_ASSIGN_OR_RETURN(auto of_type, tx.ListChanges(type, sent_));
    for (model::Resource& change : of_type) {
      if (!Wants(change.type, change.key)) continue;
      change.spec.clear();
      change.status.clear();
      change.labels.clear();
      changes.push_back(std::move(change));
    }
    if (changes.size() > limits::kWatchBacklog) return absl::OutOfRangeError("too much changed");
  }
  return absl::OkStatus();
}

bool Watcher::Wants(model::TypeId type, const model::ResourceKey& key) const {
  if (!std::binary_search(request_.types.begin(), request_.types.end(), type)) return false;
  const bool in_parts = scope_.narrowed() != nullptr;
  if (in_parts && !resources::CheckMayRead(scope_, deps_.registry.at(type), key).ok()) return false;
  if (request_.mesh.empty() || key.mesh == request_.mesh) return true;
  // The mesh itself is part of it.
  return key.mesh.empty() && key.name == request_.mesh && deps_.registry.at(type).name == "Mesh";
}

void Watcher::Queue(std::vector<model::Resource> changes, model::Revision revision) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.revision < b.revision; });
  for (size_t i = 0; i < changes.size(); ++i) {
    const bool last = i + 1 == changes.size() || changes[i + 1].revision != changes[i].revision;
    waiting_.push_back(ChangeEvent(deps_.registry, deps_.store.epoch(), changes[i],
                                   last ? OfRevision::kLast : OfRevision::kNotLast));
  }
  sent_ = revision;
}

void Watcher::FinishAfter(const absl::Status& error) {
  // A control plane that was deleted ends its watches; anything else is ours.
  if (!absl::IsNotFound(error)) {
    telemetry::Log(telemetry::Level::error, "watch ended",
                   {{"cp", control_plane_.str()}, {"reason", error.ToString()}});
  }
  Finish();
}

void Watcher::Finish() {
  if (std::exchange(over_, true)) return;
  // Waits for a notice that is on its way, so neither under a lock nor on the writer's thread.
  subscription_.reset();
  verdicts_.reset();
  waiting_.clear();
  body_->End();
  std::exchange(on_over_, nullptr)();
}

}  // namespace skyden::rest
