// SPDX-License-Identifier: Apache-2.0
// Zones of a control plane and their dataplanes, as its REST API shows them, to be played under
// another one: a change can be tried there on what is really running.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "agent/global_address.h"
#include "agent/simulation.h"
#include "skyden/agent/agent.h"

namespace skyden::agent {

struct Likeness {
  std::string like;  // whose zones; an id or a name
  std::string into;  // under which they are played
};

// A ticket for each zone of `likeness.like`, in the order of their names, with a new token of
// `likeness.into` and its dataplanes; they connect to `global`'s host. Zones that are missing there
// are made. INVALID_ARGUMENT when both are one control plane, or it has no zone; what the API
// refused otherwise.
absl::StatusOr<std::vector<ZoneTicket>> TicketsLike(const Api& api, const Likeness& likeness,
                                                    const GlobalAddress& global);

}  // namespace skyden::agent
