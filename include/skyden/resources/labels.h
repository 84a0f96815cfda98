// SPDX-License-Identifier: Apache-2.0
// Kuma's own labels: their names, what a client may write, and what is computed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources::labels {

inline constexpr std::string_view kMesh = "kuma.io/mesh";
inline constexpr std::string_view kZone = "kuma.io/zone";
inline constexpr std::string_view kOrigin = "kuma.io/origin";
inline constexpr std::string_view kDisplayName = "kuma.io/display-name";
inline constexpr std::string_view kEnvironment = "kuma.io/env";
inline constexpr std::string_view kPolicyRole = "kuma.io/policy-role";
inline constexpr std::string_view kKdsSync = "kuma.io/kds-sync";
inline constexpr std::string_view kNamespace = "k8s.kuma.io/namespace";

inline constexpr std::string_view kOriginGlobal = "global";
inline constexpr std::string_view kOriginZone = "zone";

// The value of `key`, or "" when there is none.
std::string_view ValueOf(const model::Labels& labels, std::string_view key);

// What is wrong with the labels of a resource that a client wants to write here.
// Fields look like `labels["kuma.io/origin"]`. An import may bring what zones made as well.
enum class Writer { kClient, kImport };
std::vector<base::FieldViolation> CheckWritten(const model::Labels& labels,
                                               Writer writer = Writer::kClient);
// What forbids a client to change or delete a stored resource here.
std::vector<base::FieldViolation> CheckOrigin(const model::Labels& labels);
// What an update may not do to the labels that tie a resource to where it came from.
std::vector<base::FieldViolation> CheckImmutable(const model::Labels& stored,
                                                 const model::Labels& written);
// A client's labels with what a global control plane adds.
model::Labels Compute(const model::TypeDescriptor& type, std::string_view mesh,
                      const model::Labels& written);

}  // namespace skyden::resources::labels
