// SPDX-License-Identifier: Apache-2.0
// How views are made: from scratch, and from the one before.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "skyden/model/resource.h"
#include "skyden/resources/resource_views.h"

namespace skyden::resources {

// Bytes one item holds, near enough to bound a cache by.
size_t BytesOf(const model::Resource& resource);

struct BuiltView {
  std::shared_ptr<const ResourceView> view;
  ptrdiff_t bytes = 0;  // of a new view; of an advanced one, how many more than before
};

// `resources` ordered by key, as Store's ListResources returns them.
BuiltView BuildView(std::vector<model::Resource> resources, model::Revision revision);
BuiltView AdvanceView(const ResourceView& base, std::vector<model::Resource> changes,
                      model::Revision revision);

}  // namespace skyden::resources
