// SPDX-License-Identifier: Apache-2.0
// A recorded session between stock zones and a stock global (Kuma 2.14.3).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace skyden::kds::testing {

struct RecordedEvent {
  int64_t ms = 0;
  int stream = 0;
  std::string method;  // the last part
  bool from_zone = false;
  enum class Kind { kOpen, kMessage, kEnd } kind = Kind::kMessage;
  std::string message;
};

// nullopt, after saying why, when the recording is not there.
std::optional<std::vector<RecordedEvent>> LoadRecording();

// What a zone holds: by type, then by "<name>.<mesh>", labels and spec as one comparable text.
// Keys and ids are masked.
using ZoneState = std::map<std::string, std::map<std::string, std::string>>;
// Applies one DeltaDiscoveryResponse; answers its type and nonce.
std::pair<std::string, std::string> Apply(const std::string& response, ZoneState& state);
// One line for each difference; empty when there is none.
std::string Differences(const ZoneState& expected, const ZoneState& actual);

}  // namespace skyden::kds::testing
