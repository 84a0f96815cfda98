// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document of everything that this edge serves (schema/openapi/README.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

// A file of schema/openapi/, compiled in (schema/openapi/embed.cmake writes the other half).
struct OpenApiPart {
  std::string_view name;
  std::string_view text;
};
// In order of their names; "_base" comes first.
std::vector<OpenApiPart> EmbeddedOpenApiParts();

// YAML, with what control planes of that version have. Takes tens of milliseconds. INTERNAL, naming
// the place, when parts do not fit together.
absl::StatusOr<std::string> OpenApiDocument(const model::TypeRegistry& registry,
                                            model::KumaVersion version = model::KumaVersion::kTwo);

}  // namespace skyden::rest
