// SPDX-License-Identifier: Apache-2.0
// What a commit's row in the journal says of it, for daemons that did not make it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/type_registry.h"
#include "skyden/store/audit.h"
#include "skyden/store/change.h"

namespace skyden::store::postgres {

struct JournalEntry {
  std::vector<Change> changes = {};
  std::vector<AuditGrowth> audit = {};
  bool asks = false;  // who wrote it waits for every daemon to have heard of it
};

// JSON. Types go by their names: another version of the program may number them otherwise. Where
// there is too much to say (limits of journal_text.cc), it says that nobody knows.
std::string JournalText(const JournalEntry& entry, const model::TypeRegistry& registry);
// What a version that says more means is not lost: what is not understood becomes "look at
// everything" of as little as is clear.
JournalEntry ParseJournalText(std::string_view text, const model::TypeRegistry& registry);

}  // namespace skyden::store::postgres
