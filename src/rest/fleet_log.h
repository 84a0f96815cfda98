// SPDX-License-Identifier: Apache-2.0
// What changed in an organization, for those who watch it: of each thing the newest, numbered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "skyden/insights/fleet.h"
#include "skyden/model/ids.h"
#include "skyden/store/audit.h"

namespace skyden::rest {

enum class FleetTopic : uint8_t { kFleet = 1, kZones = 2, kAudit = 4 };

// Who stands at a number has been told all up to it; what was told and changed again has a new
// number, so that nobody is told more than what is true now. Thread-compatible.
class FleetLog {
 public:
  struct Entry {
    FleetTopic topic = FleetTopic::kFleet;
    model::TenantKey tenant{};  // 0: about the organization
    std::string name;           // of a zone; of an entry of the audit its place
    std::string event;          // as it is sent, without an id
  };
  explicit FleetLog(size_t entries_max) : entries_max_(entries_max) {}

  void Put(Entry entry);
  uint64_t last() const { return last_; }
  // Of what comes after a lesser number some was forgotten.
  uint64_t forgotten() const { return forgotten_; }
  // By number.
  const std::map<uint64_t, Entry>& entries() const { return entries_; }

 private:
  using Key = std::tuple<FleetTopic, model::TenantKey, std::string>;
  const size_t entries_max_;
  uint64_t last_ = 0;
  uint64_t forgotten_ = 0;
  std::map<uint64_t, Entry> entries_;
  std::map<Key, uint64_t> numbers_;
};

// Puts down what differs between two readings of an organization; `before` null: nothing does.
void NoteChanges(const insights::Fleet::Reading* before, const insights::Fleet::Reading& after,
                 FleetLog& log);
// That this was done. The event names things and shows nothing of what they hold.
void NoteAudit(const store::AuditEntry& entry, FleetLog& log);

}  // namespace skyden::rest
