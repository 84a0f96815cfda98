// SPDX-License-Identifier: Apache-2.0
// What the audit says of a resource's change: a diff, bounded in size, without secrets.
#pragma once

#include <string>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/store/audit.h"

namespace skyden::resources {

// How a resource looks in the audit: its JSON with secrets masked. Made where time does not press.
//
// Masked are the data of Secret and GlobalSecret, and in every type the members whose names say
// that they hold a secret (inline data sources, passwords, tokens).
std::string AuditView(const ResourceCodec& codec, const model::TypeDescriptor& type,
                      const model::Resource& resource);

// {"after":{...}}, {"before":{...}}
std::string AuditCreated(const std::string& view);
std::string AuditDeleted(const std::string& view);
// {"changes":[{"path":"/spec/...","before":...,"after":...},...]}: the places that differ, in
// order, at most limits::kAuditChanges of them; "more" counts the rest. A masked value that changed
// shows the mask on both sides, and "secret": true. Times are left out.
std::string AuditUpdated(const ResourceCodec& codec, const model::TypeDescriptor& type,
                         const model::Resource& before, const model::Resource& after);

inline constexpr const char* kResourceCreate = "resource.create";
inline constexpr const char* kResourceUpdate = "resource.update";
inline constexpr const char* kResourceDelete = "resource.delete";

// `action` (one of these) of a resource, by name "mesh/name".
store::AuditNote ResourceNote(absl::Time at, const char* action, const model::TypeDescriptor& type,
                              const model::ResourceKey& key, std::string detail);

}  // namespace skyden::resources
