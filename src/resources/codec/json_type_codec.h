// SPDX-License-Identifier: Apache-2.0
// The codec of types whose spec is JSON ("plugin" types in Kuma).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "resources/codec/type_codec.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// INVALID_ARGUMENT when the type's schema does not compile. `type`, as it is in that version, must
// outlive the codec.
absl::StatusOr<std::unique_ptr<TypeCodec>> MakeJsonTypeCodec(
    const model::TypeDescriptor& type, const std::string& shared_shapes_yaml,
    model::KumaVersion version = model::KumaVersion::kTwo);

}  // namespace skyden::resources
