// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/recorded_zone.h"

#include <catch2/catch.hpp>

#include "absl/time/clock.h"
#include "kds/messages.h"
#include "tests/kds/dialogue.h"

namespace skyden::kds::testing {
namespace {

constexpr char kReverse[] = "/kuma.mesh.v1alpha1.GlobalKDSService/";

FakeZone::Options OptionsOf(const std::string& name, const std::string& token,
                            const Headers& headers) {
  FakeZone::Options options;
  options.name = name;
  options.headers = headers;
  options.headers.emplace_back("authorization", "Bearer " + token);
  return options;
}

}  // namespace

RecordedZone::RecordedZone(const std::string& address, const std::string& name,
                           const std::string& token, const Headers& headers,
                           model::KumaVersion of_global)
    : zone_(address, OptionsOf(name, token, headers)), types_asked_(UpTypes(of_global)) {}

void RecordedZone::OpenUp() {
  up_ = zone_.Open(kUp);
  asked_.clear();
  while (asked_.size() < types_asked_) {
    const auto bytes = up_->Read();
    REQUIRE(bytes.has_value());
    asked_.emplace(ScanDeltaRequest(*bytes)->type_url);
  }
}

void RecordedZone::OpenDown() {
  received_.clear();
  state_.clear();
  down_ = zone_.Open(kDown);
}

void RecordedZone::Play(const RecordedEvent& event) {
  if (!event.from_zone) return;
  using Kind = RecordedEvent::Kind;
  if (event.method == "HealthCheck") {
    if (event.kind == Kind::kMessage) CheckHealth(event.message);
  } else if (event.method == "GlobalToZoneSync") {
    if (event.kind == Kind::kOpen) OpenDown();
    if (event.kind == Kind::kMessage && ScanDeltaRequest(event.message)->response_nonce.empty()) {
      Subscribe(event.message);
    }
  } else if (event.method == "ZoneToGlobalSync") {
    if (event.kind == Kind::kOpen) OpenUp();
    if (event.kind == Kind::kMessage) Tell(event.message);
  } else if (event.kind == Kind::kOpen) {
    reverse_[event.method] = zone_.Open(std::string(kReverse) + event.method);
  } else if (event.kind == Kind::kMessage) {
    REQUIRE(reverse_.at(event.method)->Write(event.message));
  }
  if (down_ != nullptr) Receive(absl::Milliseconds(1));
}

void RecordedZone::CheckHealth(const std::string& message) {
  const auto call = zone_.Open(kHealth);
  call->Write(message);  // says nothing: the answer may be there before it is sent
  REQUIRE(call->Read().has_value());
}

void RecordedZone::Subscribe(const std::string& message) { REQUIRE(down_->Write(message)); }

void RecordedZone::Tell(const std::string& message) {
  // A zone answers what it is asked; the recorded global may have asked for more.
  if (!asked_.contains(std::string(ScanDeltaResponse(message)->type_url))) return;
  const std::string nonce(ScanDeltaResponse(message)->nonce);
  REQUIRE(up_->Write(message));
  while (true) {
    const auto bytes = up_->Read();
    REQUIRE(bytes.has_value());
    const auto answer = ScanDeltaRequest(*bytes).value();
    if (answer.response_nonce != nonce) continue;
    INFO(answer.error_message);
    CHECK_FALSE(answer.rejects);
    return;
  }
}

bool RecordedZone::Receive(absl::Duration wait) {
  const auto bytes = down_->Read(wait);
  if (!bytes.has_value()) return false;
  const auto response = ScanDeltaResponse(*bytes).value();
  REQUIRE(down_->Write(zone_.Ack(std::string(response.type_url), std::string(response.nonce))));
  received_.push_back(*bytes);
  return true;
}

const ZoneState& RecordedZone::State() {
  for (const std::string& message : received_) Apply(message, state_);
  received_.clear();
  return state_;
}

std::string RecordedZone::ReceiveUntil(const ZoneState& expected) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  std::string differences = Differences(expected, State());
  while (!differences.empty() && absl::Now() < deadline) {
    if (Receive(absl::Milliseconds(200))) differences = Differences(expected, State());
  }
  // And nothing else comes.
  while (Receive(absl::Milliseconds(300))) differences = Differences(expected, State());
  return differences;
}

}  // namespace skyden::kds::testing
