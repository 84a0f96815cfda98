// SPDX-License-Identifier: Apache-2.0
#include "kds/down_call.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "kds/admin_call.h"
#include "kds/refusal_text.h"
#include "kds/version_rules.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/type_registry.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

// Below this a copy is cheaper than a reference.
constexpr size_t kCopyBytes = 1024;
constexpr absl::Duration kRoomRetry = absl::Seconds(1);
constexpr absl::Duration kStoreRetry = absl::Seconds(1);

}  // namespace

rpc::Message AssembleResponse(const DeltaSend& send) {
  std::string tail = ResponseTail(send.type->name, send.nonce);
  size_t bytes = 0;
  for (const Piece& piece : send.pieces) bytes += piece.length;
  if (bytes <= kCopyBytes) {
    std::string message;
    message.reserve(bytes + tail.size());
    for (const Piece& piece : send.pieces) {
      message.append(send.chunk->bytes, piece.offset, piece.length);
    }
    message += tail;
    return {rpc::Slice::Of(std::move(message))};
  }
  rpc::Message message;
  message.reserve(send.pieces.size() + 1);
  for (const Piece& piece : send.pieces) {
    message.push_back(
        {send.chunk, std::string_view(send.chunk->bytes).substr(piece.offset, piece.length)});
  }
  message.push_back(rpc::Slice::Of(std::move(tail)));
  return message;
}

void DownCall::OnCredential() {
  auto messages = Take();
  if (messages.empty()) {
    return Refuse(absl::UnauthenticatedError("the zone closed the stream before it signed in"));
  }
  ++core().messages_in;
  auto bytes = BytesOf(std::move(messages.front()), base::limits::kKdsFirstMessageBytes);
  if (!bytes.ok()) return Refuse(bytes.status());
  const auto request = ScanDeltaRequest(*bytes);
  if (!request.ok()) return Refuse(request.status());
  const auto metadata = ReadNodeMetadata(request->node_metadata);
  if (!metadata.ok()) return Refuse(metadata.status());
  const auto credential = CredentialIn(metadata->config);
  if (!credential.has_value()) {
    const absl::Status why = absl::UnauthenticatedError(
        "no credential: set the zone's globalAddress to grpcs://<control plane id>:<token>@<host> "
        "or send an authorization header");
    connection()->Settle(why).IgnoreError();
    return Refuse(why);
  }
  first_ = *std::move(bytes);
  SignIn(credential->control_plane, credential->token);
  if (!authorized()) first_.reset();
}

void DownCall::OnAuthorized() {
  ReadAhead(base::limits::kKdsReadAheadDown);
  if (!first_.has_value()) return;
  const absl::Status status = OnBytes(*std::exchange(first_, std::nullopt));
  if (!status.ok()) return End(status);
  Pump();
}

absl::Status DownCall::OnFirst(const DeltaRequest& request) {
  if (request.node_id != headers().client_id) {
    return absl::PermissionDeniedError(
        request.node_id.empty() ? "node.id is missing"
                                : "node.id and the client-id header name different zones");
  }
  SKYDEN_ASSIGN_OR_RETURN(NodeMetadata metadata, ReadNodeMetadata(request.node_metadata));
  SKYDEN_ASSIGN_OR_RETURN(
      session_, JoinSession(core(), shared_identity(), StreamKind::kGlobalToZone, Self()));
  metadata.features |= FeaturesOfVersion(headers().zone_version, metadata.version);
  session_->hub()->NoteMessageBytes(metadata.message_bytes_max);
  source_ = std::make_unique<HubSource>(session_->hub(), core().deps.registry, headers().client_id,
                                        metadata.features, metadata.message_bytes_max);
  machine_ = std::make_unique<DeltaServer>(
      core().deps.registry,
      DeltaServer::Options{
          headers().client_id, metadata.message_bytes_max, base::limits::kKdsNackBackoff,
          TakesDifferencesAfterRefusal(GenerationOf(metadata.features), metadata.version),
          &core().times.propagation});
  subscription_ = base::RandomUuid();
  const absl::Time now = clock().Now();  // as it is stored is as it is told
  if (session_->BeginSubscription(subscription_, metadata, headers().own_credential, now)) {
    core().insights->Queue(session_, InsightWriter::When::kSoon);
  }
  core().connects.Began(identity().scope.tenant(), headers().client_id,
                        {now, std::nullopt, metadata.instance_id, metadata.version});
  begun_ = now;
  session_->SetLink(
      {.peer_ip = connection()->peer_ip(), .instance_id = metadata.instance_id, .since = now});
  TellNews();
  core().verdicts.Connected(Place());
  machine_->KnowsUntil(session_->hub()->AddListener(std::static_pointer_cast<DownCall>(Self())));
  telemetry::Log(telemetry::Level::info, "zone connected",
                 {{"cp", identity().scope.control_plane().str()},
                  {"zone", headers().client_id},
                  {"version", metadata.version},
                  {"peer", connection()->peer()}});
  return absl::OkStatus();
}

absl::Status DownCall::OnBytes(const std::string& bytes) {
  SKYDEN_ASSIGN_OR_RETURN(const DeltaRequest request, ScanDeltaRequest(bytes));
  if (machine_ == nullptr) {
    if (const absl::Status first = OnFirst(request); !first.ok()) {
      // Once: more messages may be read before the stream is over.
      Refuse(first);
      return first;
    }
  } else if (!request.node_id.empty() && request.node_id != headers().client_id) {
    return absl::PermissionDeniedError("node.id changed");
  }
  const auto kind = machine_->OnRequest(request, clock().Monotonic());
  if (kind != DeltaServer::Kind::kAck && kind != DeltaServer::Kind::kNack) {
    return absl::OkStatus();
  }
  const model::TypeDescriptor* type = core().deps.registry.FindByName(request.type_url);
  if (kind == DeltaServer::Kind::kAck) {
    Count(type->id, ZoneSession::Event::kAcknowledged);
    return absl::OkStatus();
  }
  ++core().nacks;
  Count(type->id, ZoneSession::Event::kRejected);
  telemetry::Log(telemetry::Level::warning, "zone rejected resources",
                 {{"cp", identity().scope.control_plane().str()},
                  {"zone", headers().client_id},
                  {"type", type->name},
                  {"nonce", std::string(request.response_nonce.substr(0, 20))},
                  {"reason", ShownReason(*type, request.error_message)}});
  return absl::OkStatus();
}

Verdicts::Place DownCall::Place() const {
  const ZoneKind kind = session_->kind().value_or(ZoneKind());
  return {identity().scope.tenant(), headers().client_id, kind.version,
          GenerationOf(kind.features)};
}

void DownCall::TellVerdicts() {
  for (const ZoneVerdict& verdict : machine_->TakeVerdicts()) {
    using What = ZoneVerdict::What;
    Verdicts& all = core().verdicts;
    if (verdict.what == What::kTook && all.empty()) continue;  // nearly always
    const model::TypeDescriptor& type = verdict.sent->type;
    if (verdict.what == What::kTook) all.Took(Place(), *verdict.sent, verdict.whole);
    if (verdict.what == What::kRefuses) all.Judges(Place(), *verdict.sent, verdict.whole);
    if (verdict.what == What::kRefused) {
      all.Refused(Place(), type, *verdict.item, verdict.reason, clock().Now());
    }
    if (verdict.what == What::kAsking) all.Asking(Place(), type, verdict.reason, clock().Now());
    if (verdict.what == What::kUnclear) all.Unclear(Place(), type, verdict.reason, clock().Now());
    if (verdict.what == What::kSettled) all.Settled(Place(), type);
  }
}

absl::Status DownCall::OnMessage(Incoming message) {
  ++core().messages_in;
  SKYDEN_ASSIGN_OR_RETURN(const std::string bytes,
                          BytesOf(std::move(message), base::limits::kKdsMessageBytes));
  return OnBytes(bytes);
}

void DownCall::OnZoneReadable() {
  for (Incoming& message : Take()) {
    if (const absl::Status status = OnMessage(std::move(message)); !status.ok()) {
      return End(status);
    }
  }
  if (PeerIsDone()) return End(absl::UnavailableError("the zone closed the stream"));
  Pump();
}

void DownCall::OnChanged(const std::shared_ptr<const Notice>& notice) {
  Post([this, notice] {
    if (machine_ == nullptr || ending()) return;
    machine_->MarkDirty(*notice);
    Pump();
  });
}

std::vector<TypeProgress> DownCall::Deliveries() {
  if (machine_ == nullptr || ending()) return {};
  return machine_->Deliveries(*source_);
}

// False when there is no room for it yet.
bool DownCall::SendHeld() {
  FlightBudget::Ticket ticket;
  if (held_->chunk != nullptr &&
      !core().flights.Take(held_->chunk.get(), held_->chunk->bytes.size(), shared_from_this(),
                           clock().Monotonic(), ticket)) {
    // Told when there is; asked again meanwhile, so that who only holds room is found out.
    PostAfter(kRoomRetry, [this] { Pump(); });
    return false;
  }
  ++core().messages_out;
  Send(AssembleResponse(*held_), std::move(ticket));
  if (!held_->asks) Count(held_->type->id, ZoneSession::Event::kSent);
  held_.reset();
  return true;
}

// A database that is away is no end: the zone keeps what it has, and the stream goes on once there
// is an answer. The store tells of it.
void DownCall::WaitForStore() {
  if (std::exchange(waits_for_store_, true)) return;
  PostAfter(kStoreRetry, [this] {
    waits_for_store_ = false;
    Pump();
  });
}

void DownCall::Pump() {
  if (machine_ == nullptr) return;
  TellVerdicts();
  while (!ending()) {
    if (held_.has_value()) {
      if (!SendHeld()) break;
      continue;
    }
    auto next = machine_->Next(*source_, clock().Monotonic());
    if (absl::IsUnavailable(next.status())) return WaitForStore();
    if (!next.ok()) {
      telemetry::Log(telemetry::Level::warning, "no snapshot for a zone",
                     {{"cp", identity().scope.control_plane().str()},
                      {"zone", headers().client_id},
                      {"reason", next.status().ToString()}});
      // Never an empty answer instead: the zone would delete what it has.
      return End(absl::UnavailableError("the control plane's resources cannot be read"));
    }
    if (!next->has_value()) break;
    held_ = **std::move(next);
  }
  TellVerdicts();  // what was found out without asking
  TellWithheld(machine_->oversized());
  TellProgress();
  ArmWake();
}

// Whether it is behind is news for everybody; how far it came, for who listens for that.
void DownCall::TellProgress() {
  const Delivery& delivery = machine_->delivery();
  if (std::exchange(told_, delivery.version()) == delivery.version()) return;
  ZoneProgress progress{.has_asked = machine_->has_asked(),
                        .known = delivery.known(),
                        .whole_until = machine_->whole_until(),
                        .behind = delivery.behind()};
  if (const auto since = delivery.behind_since()) {
    progress.behind_since = clock().Now() - (clock().Monotonic() - *since);
  }
  if (!delivery.settled()) {
    progress.open = std::make_shared<const std::vector<OpenType>>(delivery.open());
  }
  const bool is_behind = progress.behind_since.has_value();
  // A newer stream of the zone may have told already.
  if (!session_->SetProgress(this, std::move(progress))) return;
  core().progress.Tell(identity().scope.tenant());
  if (std::exchange(is_behind_, is_behind) != is_behind) TellNews();
}

void DownCall::TellNews() {
  core().news.Tell(identity().scope.organization(), identity().scope.tenant());
  core().progress.Tell(identity().scope.tenant());
}

// A type whose first state does not fit into a message stays away, and the zone keeps what it has.
void DownCall::TellWithheld(const TypeSet& withheld) {
  if (withheld.none() && withheld_.none()) return;
  std::vector<Withheld> told;
  for (const model::TypeDescriptor& type : core().deps.registry.all()) {
    if (!withheld[static_cast<size_t>(type.id)]) continue;
    told.push_back({type.id, machine_->oversized_bytes(type.id), clock().Now()});
  }
  // A newer stream of the zone may have told already.
  if (session_->CallOf(StreamKind::kGlobalToZone).get() == this) {
    session_->SetWithheld(std::move(told));
  }
  if (withheld == withheld_) return;
  const TypeSet fresh = withheld & ~withheld_;
  core().types_withheld += withheld.count();
  core().types_withheld -= std::exchange(withheld_, withheld).count();
  for (size_t i = 0; i < core().deps.registry.size(); ++i) {
    if (!fresh[i]) continue;
    telemetry::Log(telemetry::Level::error,
                   "a type is larger than what zones take in one message; not sent",
                   {{"cp", identity().scope.control_plane().str()},
                    {"zone", headers().client_id},
                    {"type", core().deps.registry.all()[i].name},
                    {"bytes_max", std::to_string(session_->kind()->message_bytes_max)}});
  }
}

void DownCall::ArmWake() {
  const absl::Duration wake = machine_->WakeAt();
  if (wake_armed_ || ending() || wake == absl::InfiniteDuration()) return;
  wake_armed_ = true;
  PostAfter(wake - clock().Monotonic(), [this] {
    wake_armed_ = false;
    Pump();
  });
}

void DownCall::Count(model::TypeId type, ZoneSession::Event event) {
  if (session_->Count(subscription_, type, event, clock().Now())) {
    core().insights->Queue(session_, InsightWriter::When::kAtLeisure);
  }
}

// A zone restarts all its streams only when this one ends, or the other sync stream.
void DownCall::OnStalled() {
  for (const auto& call : session_->Calls()) {
    call->End(TookNothing());
  }
  connection()->HangUp(TookNothing());
}

void DownCall::OnZoneEnd() {
  if (session_ == nullptr) return;
  TellWithheld({});
  core().verdicts.Disconnected(Place());
  if (session_->EndSubscription(subscription_, clock().Now())) {
    core().insights->Queue(session_, InsightWriter::When::kSoon);
  }
  core().connects.Ended(identity().scope.tenant(), headers().client_id, begun_, clock().Now());
  core().zones.Leave(*session_, StreamKind::kGlobalToZone, this);
  TellNews();
  telemetry::Log(telemetry::Level::info, "zone disconnected",
                 {{"cp", identity().scope.control_plane().str()}, {"zone", headers().client_id}});
}

}  // namespace skyden::kds
