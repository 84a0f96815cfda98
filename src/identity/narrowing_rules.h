// SPDX-License-Identifier: Apache-2.0
// What a role may be narrowed to.
#pragma once

#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/access.h"
#include "skyden/model/type_registry.h"

namespace skyden::identity {

// Of the fields "meshes" and "types".
void CheckNarrowing(const model::TypeRegistry& registry, model::Role role,
                    const model::Narrowing& to, std::vector<base::FieldViolation>& violations);

}  // namespace skyden::identity
