// SPDX-License-Identifier: Apache-2.0
// The query of Kuma's lists: size, offset, name, filter[labels.x], tag, gateway.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest/call.h"
#include "skyden/http/handler.h"
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

// The items of a page, as compact JSON objects. It ends by bytes too (limits::kPageBytes): one that
// is cut short says where the next one begins. It has an item at least, however large that is.
class PageItems {
 public:
  // `offset` of its first; `next_offset` of the page behind it, when all of it is added.
  PageItems(size_t offset, std::optional<size_t> next_offset, size_t bytes_max)
      : offset_(offset), next_offset_(next_offset), bytes_max_(bytes_max) {}

  // False, and not added, when it and all behind it are of the next page.
  bool Add(std::string item);

  const std::vector<std::string>& items() const { return items_; }
  std::optional<size_t> next_offset() const { return next_offset_; }
  size_t bytes() const { return bytes_; }

 private:
  const size_t offset_;
  std::optional<size_t> next_offset_;
  const size_t bytes_max_;
  size_t bytes_ = 0;
  std::vector<std::string> items_;
};

std::string ListJson(const Call& call, const std::vector<std::string>& trusted_proxies,
                     uint64_t total, const PageItems& page);

}  // namespace skyden::rest
