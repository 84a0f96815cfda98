// SPDX-License-Identifier: Apache-2.0
// Two loops that share nothing but the end:
//   zone read  -> global write -> zone read  ...   until the zone half-closes
//   global read -> zone write  -> global read ...  until the global ends the call
// Operations on the global side are started from the zone side's reactions, which gRPC allows only
// under a hold: one hold per loop. When both are given up, the global side is done; only then is
// the zone side finished, with the same status, and by then no write to the zone is outstanding.
#include "agent/relay_call.h"

#include <string_view>
#include <utility>

namespace skyden::agent {
namespace {

// What belongs to one hop only, or is ours to set.
bool StaysHere(std::string_view key) {
  return key.empty() || key[0] == ':' || key.substr(0, 5) == "grpc-" || key == "authorization" ||
         key == "user-agent" || key == "content-type" || key == "te" || key == "host";
}

std::string ToString(grpc::string_ref text) { return {text.data(), text.size()}; }

}  // namespace

RelayCall::RelayCall(grpc::GenericCallbackServerContext& context) : zone_context_(context) {
  // gzip towards the zone when it takes gzip: a message that came compressed is passed on as it is,
  // and needs the header that says so.
  zone_context_.set_compression_level(GRPC_COMPRESS_LEVEL_LOW);
}

void RelayCall::CopyMetadata(const std::string& token) {
  for (const auto& [key, value] : zone_context_.client_metadata()) {
    if (StaysHere({key.data(), key.size()})) continue;
    global_context_.AddMetadata(ToString(key), ToString(value));
  }
  global_context_.AddMetadata("authorization", "Bearer " + token);
}

void RelayCall::Start(grpc::GenericStub& stub, const std::string& token) {
  CopyMetadata(token);
  global_context_.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  stub.PrepareBidiStreamingCall(&global_context_, zone_context_.method(), grpc::StubOptions(),
                                &upstream_);
  upstream_.AddMultipleHolds(2);
  bool cancelled = false;
  {
    absl::MutexLock lock(&mu_);
    started_ = true;
    cancelled = cancelled_;
  }
  if (cancelled) global_context_.TryCancel();
  StartRead(&up_);
  upstream_.StartCall();  // last: the whole call may be over, and this gone, when it returns
}

void RelayCall::Refuse(const grpc::Status& why) { Finish(why); }

void RelayCall::OnCancel() {
  bool started = false;
  {
    absl::MutexLock lock(&mu_);
    cancelled_ = true;
    started = started_;
  }
  if (started) global_context_.TryCancel();
}

void RelayCall::OnReadDone(bool ok) {
  bool forward = false;
  bool half_close = false;
  {
    absl::MutexLock lock(&mu_);
    // What the zone still says to a call that has ended goes nowhere.
    if (writes_over_ || upstream_ended_) return;
    forward = ok;
    half_close = !ok && !cancelled_;
    writing_up_ = forward || half_close;  // the hold must last until the operation is started
  }
  if (forward) {
    upstream_.StartWrite(&up_);
    return;
  }
  if (half_close) upstream_.StartWritesDone();
  NoMoreWrites();
}

void RelayCall::UpstreamWrote(bool ok) {
  bool over = false;
  {
    absl::MutexLock lock(&mu_);
    writing_up_ = false;
    over = !ok || upstream_ended_;
  }
  if (over) {
    NoMoreWrites();
    return;
  }
  StartRead(&up_);
}

void RelayCall::NoMoreWrites() {
  {
    absl::MutexLock lock(&mu_);
    if (std::exchange(writes_over_, true)) return;
  }
  upstream_.RemoveHold();
}

void RelayCall::UpstreamOpened(bool ok) {
  if (ok) {
    for (const auto& [key, value] : global_context_.GetServerInitialMetadata()) {
      if (StaysHere({key.data(), key.size()})) continue;
      zone_context_.AddInitialMetadata(ToString(key), ToString(value));
    }
  }
  StartSendInitialMetadata();
}

void RelayCall::OnSendInitialMetadataDone(bool /*ok*/) { upstream_.StartRead(&down_); }

void RelayCall::UpstreamRead(bool ok) {
  if (ok) {
    StartWrite(&down_);
    return;
  }
  bool idle = false;
  {
    absl::MutexLock lock(&mu_);
    upstream_ended_ = true;
    idle = !writing_up_;
  }
  if (idle) NoMoreWrites();
  upstream_.RemoveHold();
}

void RelayCall::OnWriteDone(bool ok) {
  // A zone that cannot be written to is gone; OnCancel ends the call to the global, and this read
  // then says so.
  if (!ok) global_context_.TryCancel();
  upstream_.StartRead(&down_);
}

void RelayCall::UpstreamDone(const grpc::Status& status) {
  for (const auto& [key, value] : global_context_.GetServerTrailingMetadata()) {
    if (StaysHere({key.data(), key.size()})) continue;
    zone_context_.AddTrailingMetadata(ToString(key), ToString(value));
  }
  Finish(status);
}

}  // namespace skyden::agent
