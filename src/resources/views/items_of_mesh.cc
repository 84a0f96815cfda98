// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/items_of_mesh.h"

namespace skyden::resources {

std::vector<ResourceView::Item> ItemsOfMesh(const ResourceView& view,
                                            const std::string& mesh_name) {
  std::vector<ResourceView::Item> items;
  for (size_t i = view.LowerBound({mesh_name, {}}); i < view.size(); ++i) {
    const ResourceView::Item& item = view.at(i);
    if (item->key.mesh != mesh_name) break;
    items.push_back(item);
  }
  return items;
}

}  // namespace skyden::resources
