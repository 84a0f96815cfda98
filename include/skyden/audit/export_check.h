// SPDX-License-Identifier: Apache-2.0
// Checks an export, line by line, without a daemon.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/audit/expectation.h"

namespace skyden::audit {

// A line of an export goes on with the chain of its control plane, or with the organization's own,
// which began with entries about control planes before those had chains. Where a chain begins after
// its first entry, because retention removed that, its first line is taken as it is.
// Thread-compatible.
class ExportCheck {
 public:
  explicit ExportCheck(std::optional<Expected> expected) : expected_(std::move(expected)) {}

  // DATA_LOSS when the line is not what was written, or not where it was.
  absl::Status Add(std::string_view line);
  // After the last line. DATA_LOSS when what is expected is not in it.
  absl::Status Finish() const;

  uint64_t lines() const { return lines_; }
  size_t chains() const { return chains_.size(); }
  // What to expect later; nullopt when there was no line.
  std::optional<Expected> ToExpect() const;

 private:
  struct Chain {
    uint64_t sequence = 0;
    store::AuditDigest hash{};
  };
  struct Line {
    std::string document;
    std::string control_plane;
    uint64_t sequence = 0;
    store::AuditDigest hash{};
  };
  static std::optional<Line> Parse(std::string_view text);
  static bool GoesOn(const Chain& chain, const Line& line);
  // Whose chain the line goes on with or begins, by control plane id; nullopt: no one's.
  std::optional<std::string> Place(const Line& line);
  store::AuditDigest DigestOfEnds() const;
  absl::Status Broken(const std::string& what) const;

  std::optional<Expected> expected_;
  bool met_ = false;
  uint64_t lines_ = 0;
  std::map<std::string, Chain> chains_;  // "": the organization's own
  std::string newest_;                   // whose chain the last line is in
};

}  // namespace skyden::audit
