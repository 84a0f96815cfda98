// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// Appends `,"snis":[{"port":...,"sni":...}]`, ordered by port, for services that have ports;
// nothing for other types.
void AppendSnis(const model::TypeDescriptor& type, const model::Resource& resource,
                std::string& out);

}  // namespace skyden::resources
