// SPDX-License-Identifier: Apache-2.0
// Kuma's own labels: what a client may write, and what is computed. model/kuma_labels.h names them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources::labels {

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
// What else is wrong with them for who asks a control plane of this version.
std::vector<base::FieldViolation> CheckRole(model::KumaVersion version,
                                            const model::TypeDescriptor& type,
                                            const model::Labels& labels);
// What Kuma refuses since 3.0.1 at a global: labels in its own domains that it does not know,
// values that one of them cannot have, and computed ones that say something else than is computed.
std::vector<base::FieldViolation> CheckReserved(const model::TypeDescriptor& type,
                                                const model::ResourceKey& key,
                                                const model::Labels& labels);
// A client's labels with what a global control plane of this version adds, or puts in their place.
// Those of what a zone made are its own.
model::Labels Compute(model::KumaVersion version, const model::TypeDescriptor& type,
                      const model::ResourceKey& key, const model::Labels& written);

}  // namespace skyden::resources::labels
