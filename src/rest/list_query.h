// SPDX-License-Identifier: Apache-2.0
// The query of Kuma's lists: size, offset, name, filter[labels.x], tag, gateway.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "call.h"
#include "skyden/http/server.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_manager.h"

namespace skyden::rest {

inline constexpr std::string_view kListTitle = "Could not retrieve resources";

// Each returns the refusal, or nullopt when it filled in its part of `request`. Kuma checks `size`
// and filters before it looks for the mesh, and `offset` after, hence the two.
std::optional<http::Response> ReadListQuery(const Call& call, const model::TypeDescriptor& type,
                                            resources::ListRequest& request);
std::optional<http::Response> ReadOffset(const Call& call, resources::ListRequest& request,
                                         std::string_view title = kListTitle);
// `size` and `offset` only, for lists that know nothing else.
std::optional<http::Response> ReadPage(const Call& call, std::string_view title,
                                       resources::ListRequest& request);
// Only the size; a part of ReadListQuery.
std::optional<http::Response> ReadSize(const Call& call, std::string_view title,
                                       resources::ListRequest& request);

// `items`: compact JSON objects.
std::string ListJson(const Call& call, const std::vector<std::string>& trusted_proxies,
                     uint64_t total, const std::vector<std::string>& items,
                     std::optional<size_t> next_offset);

}  // namespace skyden::rest
