// SPDX-License-Identifier: Apache-2.0
// Where an organization has its audit sent, and how far that came.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace skyden::store {

struct AuditDestination {
  std::string id{};
  std::string name{};  // no other one of the organization has the same
  std::string endpoint{};
  // The header that goes along: sealed at rest, and read by FindAuditDestination alone.
  std::string authorization{};
  bool has_authorization = false;  // when it is read
  std::string log_format{};
  absl::Time created_at{};
  absl::Time updated_at{};
};

// Entries of a span of time that are sent once more.
struct AuditReplay {
  enum class Progress : uint8_t { kNone, kAccepted, kRunning, kCompleted, kFailed };
  Progress progress = Progress::kNone;
  absl::Time from{}, to{};  // both inclusive
  absl::Time at{};          // when it was asked for, which tells it from another one
  uint64_t place = 0;       // of the last entry that was taken (AuditEntry::place)

  bool IsUnderWay() const {
    return progress == Progress::kAccepted || progress == Progress::kRunning;
  }
};
// "unconfigured", "accepted", "running", "completed", "failed"; literals, for good.
const char* NameOf(AuditReplay::Progress progress);

struct AuditWebhook {
  std::string destination{};  // an id, of one that may be gone; empty: none
  bool enabled = false;
  uint64_t place = 0;  // of the last entry that was taken
  std::optional<absl::Time> attempted_at{};
  int response = 0;        // the status of the last answer; 0: there was none
  uint64_t delivered = 0;  // entries
  uint64_t failed = 0;     // attempts
  AuditReplay replay{};
};

// What came of one attempt to deliver.
struct AuditAttempt {
  absl::Time at{};
  int response = 0;
  uint64_t entries = 0;  // that were taken; 0: it failed
};

}  // namespace skyden::store
