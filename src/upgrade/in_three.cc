// SPDX-License-Identifier: Apache-2.0
#include "upgrade/in_three.h"

namespace skyden::upgrade {

bool IsInThree(const model::TypeRegistry& registry, const model::TypeDescriptor& type) {
  return registry.In(model::KumaVersion::kThree).Has(type.id);
}

bool HasLabelNamesInThree(const model::TypeRegistry& registry, const model::TypeDescriptor& type) {
  const model::TypeDescriptor* there = registry.In(model::KumaVersion::kThree).Find(type.id);
  return there != nullptr && there->label_names;
}

}  // namespace skyden::upgrade
