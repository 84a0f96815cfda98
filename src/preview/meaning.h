// SPDX-License-Identifier: Apache-2.0
// What policies of one type mean for a proxy, in words that do not depend on the rules that they
// were matched by: so that what Kuma 2 and 3 tell otherwise can be compared.
#pragma once

#include <string>

#include "skyden/matching/mesh_model.h"
#include "skyden/matching/rules.h"

namespace skyden::preview {

// Equal when a proxy is configured alike, whichever policies say so. Rules of Kuma 2 for clients
// and services told by tags are said by their tags, and by nothing else; those for everybody as
// what there is in Kuma 3 for everybody.
std::string MeaningOf(const matching::MeshModel& mesh, const matching::MatchedPolicies& matched);

}  // namespace skyden::preview
