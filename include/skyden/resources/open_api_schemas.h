// SPDX-License-Identifier: Apache-2.0
// What resources look like, as schemas of OpenAPI 3.0.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// JSON text: an object of named schemas ("components/schemas"), derived from the shapes and
// messages that the codecs of a version read with: `<Type>` and `<Type>List` for every type that
// has a path, and what they refer to. The spec of a protobuf type is flat in its resource, and the
// schema
// `<Message>Spec` as well. They refer to two schemas that the caller has: Labels, which are text by
// text, and IntOrString. INTERNAL, naming it, when two schemas want the same name.
absl::StatusOr<std::string> OpenApiSchemas(const model::TypeRegistry& registry,
                                           model::KumaVersion version = model::KumaVersion::kTwo);

}  // namespace skyden::resources
