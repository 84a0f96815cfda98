// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/identifier.h"

#include <fmt/format.h>

#include "skyden/model/kuma_labels.h"

namespace skyden::matching {

Identifier Identifier::WithSection(std::string_view text) const {
  Identifier copy = *this;
  if (!copy.empty()) copy.section = text;
  return copy;
}

Identifier IdentifierOf(const model::TypeDescriptor& type, const model::Resource& resource) {
  if (type.short_name.empty()) return {};
  return {.type = type.name,
          .mesh = resource.key.mesh,
          .zone = std::string(model::LabelOf(resource.labels, model::kZoneLabel)),
          .name_space = std::string(model::LabelOf(resource.labels, model::kNamespaceLabel)),
          .name = std::string(DisplayName(resource)),
          .section = {}};
}

std::string KriText(const model::TypeRegistry& registry, const Identifier& id) {
  const model::TypeDescriptor* type = registry.FindByName(id.type);
  if (type == nullptr || type->short_name.empty()) return {};
  return fmt::format("kri_{}_{}_{}_{}_{}_{}", type->short_name, id.mesh, id.zone, id.name_space,
                     id.name, id.section);
}

std::string_view DisplayName(const model::Resource& resource) {
  const std::string_view label = model::LabelOf(resource.labels, model::kDisplayNameLabel);
  return label.empty() ? std::string_view(resource.key.name) : label;
}

}  // namespace skyden::matching
