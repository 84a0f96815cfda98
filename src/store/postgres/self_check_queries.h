// SPDX-License-Identifier: Apache-2.0
// The questions of the self-check that are one query each.
#pragma once

#include <span>

namespace skyden::store::postgres {

struct SelfCheckQuery {
  const char* name;  // for the log
  const char* text;  // answers one complaint a row
};

// Asked by each role that serves: what it is and may do.
std::span<const SelfCheckQuery> RoleQueries();
// Asked once: what is in the database.
std::span<const SelfCheckQuery> SchemaQueries();
// Asked once: what the server promises.
std::span<const SelfCheckQuery> DurabilityQueries();

// The same of a standby.
std::span<const SelfCheckQuery> StandbyQueries();

}  // namespace skyden::store::postgres
