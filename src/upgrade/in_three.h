// SPDX-License-Identifier: Apache-2.0
// What Kuma 3 has of a type.
#pragma once

#include "skyden/model/type_registry.h"

namespace skyden::upgrade {

bool IsInThree(const model::TypeRegistry& registry, const model::TypeDescriptor& type);
// Whether what people write of it is to be named by an RFC 1035 label.
bool HasLabelNamesInThree(const model::TypeRegistry& registry, const model::TypeDescriptor& type);

}  // namespace skyden::upgrade
