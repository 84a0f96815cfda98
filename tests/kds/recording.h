// SPDX-License-Identifier: Apache-2.0
// A recorded session between stock zones and a stock global (Kuma 2.14.3).
#pragma once

#include <map>
#include <string>
#include <vector>

namespace skyden::kds::testing {

struct RecordedEvent {
  int64_t ms = 0;
  int stream = 0;
  std::string zone_name;
  std::string method;  // the last part
  bool from_zone = false;
  enum class Kind { kOpen, kMessage, kEnd } kind = Kind::kMessage;
  std::string message;
};

// `name`: of tests/data.
inline constexpr char kSession[] = "recordings/session-2.14.3.jsonl";
std::vector<RecordedEvent> LoadRecording(const std::string& name = kSession);

// What was done at the global during the recorded session. `rest`: JSON members after type, mesh
// and name; empty: it was deleted.
struct RecordedWrite {
  int64_t ms = 0;  // before the first event that is not earlier
  std::string type;
  std::string mesh;
  std::string name;
  std::string rest;
};
const std::vector<RecordedWrite>& SessionWrites();
// When its zone-east restarted; its REST API was asked before.
inline constexpr int64_t kSessionRestartAt = 60'000;

// What a zone holds: by type, then by "<name>.<mesh>", labels and spec as one comparable text.
// Keys and ids are masked.
using ZoneState = std::map<std::string, std::map<std::string, std::string>>;
// Applies one DeltaDiscoveryResponse; answers its type and nonce.
std::pair<std::string, std::string> Apply(const std::string& response, ZoneState& state);
// One line for each difference; empty when there is none.
std::string Differences(const ZoneState& expected, const ZoneState& actual);

}  // namespace skyden::kds::testing
