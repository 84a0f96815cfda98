// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/recorded_zone.h"

#include <catch2/catch.hpp>

#include "absl/time/clock.h"
#include "kds/messages.h"

namespace skyden::kds::testing {
namespace {

constexpr size_t kUpTypes = 31;

FakeZone::Options OptionsOf(const std::string& name, const std::string& token) {
  FakeZone::Options options;
  options.name = name;
  options.headers = {{"authorization", "Bearer " + token}};
  return options;
}

}  // namespace

RecordedZone::RecordedZone(const std::string& address, const std::string& name,
                           const std::string& token)
    : zone_(address, OptionsOf(name, token)) {}

void RecordedZone::OpenUp() {
  up_ = zone_.Open(kUp);
  for (size_t asked = 0; asked < kUpTypes; ++asked) REQUIRE(up_->Read().has_value());
}

void RecordedZone::OpenDown() {
  received_.clear();
  state_.clear();
  down_ = zone_.Open(kDown);
}

void RecordedZone::Play(const RecordedEvent& event) {
  if (!event.from_zone) return;
  const bool is_down = event.method == "GlobalToZoneSync";
  if (!is_down && event.method != "ZoneToGlobalSync") return;
  switch (event.kind) {
    case RecordedEvent::Kind::kOpen:
      is_down ? OpenDown() : OpenUp();
      break;
    case RecordedEvent::Kind::kMessage:
      if (!is_down) {
        Tell(event.message);
      } else if (ScanDeltaRequest(event.message)->response_nonce.empty()) {
        Subscribe(event.message);
      }
      break;
    case RecordedEvent::Kind::kEnd:
      break;
  }
  if (down_ != nullptr) Receive(absl::Milliseconds(1));
}

void RecordedZone::Subscribe(const std::string& message) { REQUIRE(down_->Write(message)); }

void RecordedZone::Tell(const std::string& message) {
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
