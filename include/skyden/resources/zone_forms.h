// SPDX-License-Identifier: Apache-2.0
// The policies of a mesh as zones of one generation are told them.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/generations.h"

namespace skyden::resources {

// What was made of a resource, so that whoever asks again gets the same objects: what did not
// change between two models of a mesh is told by that. Of one generation. Thread-compatible.
using FormMemo = std::map<std::shared_ptr<const model::Resource>,
                          std::vector<std::shared_ptr<const model::Resource>>>;

// `items` (ordered by key) in the forms in which zones of `generation` are told them, in order.
// `memo` may be null.
std::vector<std::shared_ptr<const model::Resource>> FormsOf(
    std::vector<std::shared_ptr<const model::Resource>> items, const model::TypeDescriptor& type,
    Generation generation, FormMemo* memo = nullptr);

}  // namespace skyden::resources
