// SPDX-License-Identifier: Apache-2.0
// How a script writes down what it was told.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"
#include "skyden/store/records.h"

namespace skyden::store::testing {

std::string Render(const model::Resource& r);
std::string Render(const AccountRecord& a);
std::string Render(const RoleRecord& r);
std::string Render(const TokenRecord& t);
// Without the tenant key: it is never shown to anybody.
std::string Render(const ControlPlaneRecord& c);

template <class T>
std::string RenderAll(const absl::StatusOr<std::vector<T>>& items) {
  if (!items.ok()) return items.status().ToString();
  std::string out;
  for (const T& item : *items) out += Render(item) + "; ";
  return out;
}

}  // namespace skyden::store::testing
