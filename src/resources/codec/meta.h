// SPDX-License-Identifier: Apache-2.0
// What all resources have around their specs: the members of bodies and of answers, and the two
// errors of decoding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "resources/json/value.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"

namespace skyden::resources {

// INVALID_ARGUMENT "Bad Request": the body does not decode.
absl::Status BadRequest(std::string detail);
// INVALID_ARGUMENT "Could not process a resource": it decodes, but does not hold.
absl::Status NotValid(std::vector<base::FieldViolation> violations);

// "object", "array", "string", "number", "bool": as Go names JSON kinds in errors.
std::string_view GoKindName(const json::Value& value);

// type, mesh, name and labels of a checked body.
DecodedBody ReadMeta(const json::Value& root);

// `{"type":...,"mesh":...,"name":...,"creationTime":...,"modificationTime":...,"labels":...,
// "kri":...` without the closing brace.
std::string UniversalMeta(const model::TypeDescriptor& type, const model::Resource& resource);

// `{"kind":...,"apiVersion":...,"metadata":{...}` without the closing brace, for a type whose mesh
// is a label.
std::string KubernetesMeta(const model::TypeDescriptor& type, const model::Resource& resource,
                           std::string_view name_space);

}  // namespace skyden::resources
