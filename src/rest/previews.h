// SPDX-License-Identifier: Apache-2.0
// What a change would do, worked out whole: resources, proxies, hostnames, zones that refuse it.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/preview/effects.h"
#include "skyden/resources/foresight.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

struct HostnameChange {
  std::string hostname;
  const model::TypeDescriptor* type = nullptr;  // of the service
  model::ResourceKey service;
  std::string zone;
};

struct Preview {
  resources::Foresight foresight;
  preview::Effects effects;
  // At most limits::kHostnames of each.
  std::vector<HostnameChange> hostnames_come, hostnames_go;
  bool hostnames_complete = true;
  std::vector<std::string> refusals;  // what zones would refuse, and do not take
};

// For as long as preview::limits say. Errors are those of the write. Blocks on the disk and takes
// long: not for the threads that answer short questions.
absl::StatusOr<Preview> MakePreview(const Deps& deps, const model::TenantScope& scope,
                                    resources::ForeseenWrite write);

// Fills in hostnames_...; until `is_late`.
void ForeseeHostnames(const model::TypeRegistry& registry, absl::FunctionRef<bool()> is_late,
                      Preview& preview);

}  // namespace skyden::rest
