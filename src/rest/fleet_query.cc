// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_query.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "rest/page_query.h"
#include "skyden/base/fleet_limits.h"
#include "skyden/base/limits.h"

namespace skyden::rest {
namespace {

std::optional<size_t> ReadSize(std::string_view text, size_t min, size_t max) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= min && number <= max ? std::optional(number) : std::nullopt;
}

// Why a parameter is refused; empty when it is not, or means nothing here.
std::string Read(std::string_view key, std::string_view value, insights::ListZones& request) {
  if (key == "page[size]") {
    const auto size = ReadSize(value, 1, size_t{base::limits::kPageSizeMax});
    if (!size) return fmt::format("must be a number from 1 to {}", base::limits::kPageSizeMax);
    request.page_size = *size;
  } else if (key == "page[after]") {
    if (value.size() > base::limits::kCursorBytes) return "is none that a page ended with";
    request.after = value;
  } else if (key == "sort") {
    request.descending = value.starts_with('-');
    const auto sort = insights::ParseZoneSort(value.substr(request.descending ? 1 : 0));
    if (!sort) {
      return "must be status, name, control_plane, since, version, peer, proxies, behind_since or "
             "token_ends, with - in front to begin with the last";
    }
    request.sort = *sort;
  }
  return {};
}

template <class T>
Decoded<T> Settled(Decoded<T> decoded, T value) {
  if (decoded.invalid.empty()) {
    decoded.value = std::move(value);
  } else {
    decoded.detail = DetailOf(decoded.invalid);
  }
  return decoded;
}

}  // namespace

Decoded<size_t> DecodeTop(const http::Query& query) {
  Decoded<size_t> decoded;
  constexpr size_t kTop = 50;
  constexpr size_t kMax = base::limits::kPageSizeMax;
  const auto text = query.Get("top");
  const auto top = text ? ReadSize(*text, 0, kMax) : kTop;
  if (!top) {
    decoded.invalid.push_back(
        {"top", "invalid", fmt::format("must be a number from 0 to {}", kMax), "query"});
  }
  return Settled(std::move(decoded), top.value_or(0));
}

Decoded<insights::ListZones> DecodeListZones(const http::Query& query) {
  Decoded<insights::ListZones> decoded;
  insights::ListZones request;
  auto filters = DecodeFilters(query, model::NamesOf(insights::ZoneFilters()));
  decoded.invalid = std::move(filters.invalid);
  if (filters.value) request.filters = *std::move(filters.value);
  const bool names_contain = query.Get("filter[name]").has_value();
  for (model::TextFilter& filter : request.filters) {
    const bool plain = filter.field == "name" && filter.op == model::TextFilter::Op::kEq;
    if (plain && names_contain && !query.Get("filter[name][eq]").has_value()) {
      filter.op = model::TextFilter::Op::kContains;
    }
  }
  for (const auto& [key, value] : query.pairs()) {
    std::string reason = Read(key, value, request);
    if (!reason.empty()) decoded.invalid.push_back({key, "invalid", std::move(reason), "query"});
  }
  return Settled(std::move(decoded), std::move(request));
}

}  // namespace skyden::rest
