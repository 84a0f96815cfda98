// SPDX-License-Identifier: Apache-2.0
// A recorded zone that plays its part: its subscriptions and what it tells are sent as they were,
// only its ACKs carry our nonces.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/kds/fake_zone.h"
#include "tests/kds/recording.h"

namespace skyden::kds::testing {

class RecordedZone {
 public:
  // Signs in with `token`: the recorded address carries somebody else's. `headers`: more of those
  // that were recorded. `of_global`: what the global is like that it meets.
  RecordedZone(const std::string& address, const std::string& name, const std::string& token,
               const Headers& headers = {},
               model::KumaVersion of_global = model::KumaVersion::kTwo);

  // Plays one event of this zone, health checks and reverse streams included; then takes what has
  // come to be synced. Its ACKs of what the recorded global sent are left out.
  void Play(const RecordedEvent& event);
  void Disconnect() {
    up_.reset();
    down_.reset();
    reverse_.clear();
  }

  // Takes and acknowledges what has come. False when nothing comes within `wait`.
  bool Receive(absl::Duration wait);
  // Receives until it holds what is expected; answers what differs in the end.
  std::string ReceiveUntil(const ZoneState& expected);
  const ZoneState& State();  // what it holds, as received so far

 private:
  void OpenUp();
  void OpenDown();  // with an empty store
  void Subscribe(const std::string& message);
  void Tell(const std::string& message);
  void CheckHealth(const std::string& message);

  FakeZone zone_;
  const size_t types_asked_;
  std::set<std::string> asked_;
  std::unique_ptr<FakeStream> up_;
  std::unique_ptr<FakeStream> down_;
  std::map<std::string, std::unique_ptr<FakeStream>> reverse_;  // by method; asked nothing here
  std::vector<std::string> received_;                           // what is not in state_ yet
  ZoneState state_;
};

}  // namespace skyden::kds::testing
