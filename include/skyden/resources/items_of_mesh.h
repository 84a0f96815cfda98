// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "skyden/resources/resource_views.h"

namespace skyden::resources {

// The resources of one mesh in a view, in order.
std::vector<ResourceView::Item> ItemsOfMesh(const ResourceView& view, const std::string& mesh_name);

}  // namespace skyden::resources
