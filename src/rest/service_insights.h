// SPDX-License-Identifier: Apache-2.0
// One ServiceInsight is stored per mesh; the API shows one per service.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/kuma_version.h"
#include "skyden/model/resource.h"
#include "skyden/resources/codec.h"

namespace skyden::rest {

// "internal, external": empty means all. nullopt when one is not known.
std::optional<std::set<std::string>> ReadServiceKinds(
    std::string_view text, model::KumaVersion version = model::KumaVersion::kTwo);

struct ServiceFilter {
  std::string name_contains;
  std::set<std::string> kinds;  // empty: all
};
// As compact JSON objects, in the order of `stored`, then by service.
std::vector<std::string> ExpandServiceInsights(const resources::ResourceCodec& codec,
                                               const std::vector<model::Resource>& stored,
                                               const ServiceFilter& filter);
// One service of `stored`; one that it does not know has no numbers.
std::string RenderServiceInsight(const resources::ResourceCodec& codec,
                                 const model::Resource& stored, const std::string& service);

}  // namespace skyden::rest
