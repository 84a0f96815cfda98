// SPDX-License-Identifier: Apache-2.0
// Taking what people wrote back to what it was: as an import of what was there then and differs.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "resources/transfer/import.h"
#include "skyden/resources/history.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// Whether taking back a whole mesh or control plane is about it: see RestoreRequest::of.
// GlobalSecrets it never is.
bool IsTakenBackWithAll(const model::CoreTypes& types, const model::TypeDescriptor& type,
                        const model::ResourceKey& key);

// What is taken back is written by today's rules, or is put back as it was stored: with its labels,
// times and status, and without being looked at.
enum class RestoreAs { kWritten, kItWas };

// Over what is stored at the moment; ImportOperation finds out what it comes to in its transaction.
// Errors as history.h says; NOT_FOUND when one resource is asked for that neither was nor is;
// PERMISSION_DENIED. Blocks.
absl::StatusOr<PreparedImport> PrepareRestore(store::Store& store, const model::TenantScope& scope,
                                              const model::TypeRegistry& registry,
                                              const ResourceCodec& codec,
                                              const RestoreRequest& request, absl::Time now,
                                              RestoreAs as = RestoreAs::kWritten);

}  // namespace skyden::resources
