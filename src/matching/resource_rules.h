// SPDX-License-Identifier: Apache-2.0
// Rules for destinations that are resources.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "matching/merge.h"
#include "matching/mesh_data.h"
#include "skyden/matching/rules.h"

namespace skyden::matching {

// From the `to` of `policies`, given in rising order of precedence. One rule for each resource, or
// port of one, that an entry names; what is said of the mesh or the whole resource counts for it
// too. `http_matches` as in BuildSubsetRules.
ResourceRules BuildResourceRules(const MeshModel& mesh, const std::vector<const Policy*>& policies,
                                 ConfShape shape, std::map<std::string, std::string>* http_matches);

}  // namespace skyden::matching
