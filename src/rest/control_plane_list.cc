// SPDX-License-Identifier: Apache-2.0
// page[size], page[number] and the filters of the list of control planes:
// filter[name], filter[name][op], filter[labels.key], filter[labels.key][op].
#include <fmt/format.h>

#include <charconv>

#include "control_plane_json.h"
#include "skyden/base/limits.h"

namespace skyden::rest {
namespace {

using control_planes::ListControlPlanes;
using Filter = ListControlPlanes::Filter;

constexpr size_t kEchoBytes = 100;

std::optional<size_t> ReadPositive(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

std::optional<Filter::Op> OpOf(std::string_view text) {
  if (text == "eq") return Filter::Op::kEq;
  if (text == "neq") return Filter::Op::kNeq;
  if (text == "contains") return Filter::Op::kContains;
  if (text == "oeq") return Filter::Op::kOrEq;
  if (text == "ocontains") return Filter::Op::kOrContains;
  return std::nullopt;
}

// "filter[labels.env][eq]" -> "labels.env", "eq". nullopt when it is not of that form.
struct Parts {
  std::string_view field;
  std::string_view op;
};
std::optional<Parts> Split(std::string_view key) {
  key.remove_prefix(std::string_view("filter[").size());
  const size_t close = key.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  Parts parts{key.substr(0, close), {}};
  key.remove_prefix(close + 1);
  if (key.empty()) return parts;
  if (key.size() < 3 || key.front() != '[' || key.back() != ']') return std::nullopt;
  parts.op = key.substr(1, key.size() - 2);
  return parts;
}

// The reason why a filter is refused, or nothing.
std::string ReadFilter(std::string_view key, std::string_view value, ListControlPlanes& request) {
  const auto parts = Split(key);
  if (!parts) return "is not a filter";
  const bool label = parts->field.starts_with("labels.") && parts->field.size() > 7;
  if (parts->field != "name" && !label) return "only name and labels can be filtered";
  Filter filter;
  filter.field = parts->field;
  filter.value = value;
  if (!parts->op.empty()) {
    const auto op = OpOf(parts->op);
    if (!op) return "is not a known operator";
    filter.op = *op;
  } else if (label && value.empty()) {
    filter.op = Filter::Op::kExists;
  }
  request.filters.push_back(std::move(filter));
  return {};
}

}  // namespace

Decoded<ListControlPlanes> DecodeList(const http::Query& query) {
  Decoded<ListControlPlanes> decoded;
  ListControlPlanes request;
  const auto refuse = [&](std::string_view key, std::string reason) {
    decoded.invalid.push_back(
        {std::string(key.substr(0, kEchoBytes)), "invalid", std::move(reason), "query"});
  };
  for (const auto& [key, value] : query.pairs()) {
    if (key == "page[size]") {
      const auto size = ReadPositive(value);
      if (size && *size <= static_cast<size_t>(base::limits::kPageSizeMax)) {
        request.page_size = *size;
      } else {
        refuse(key, fmt::format("must be a number from 1 to {}", base::limits::kPageSizeMax));
      }
    } else if (key == "page[number]") {
      const auto number = ReadPositive(value);
      if (number) {
        request.page_number = *number;
      } else {
        refuse(key, "must be a number from 1");
      }
    } else if (key.starts_with("filter[")) {
      std::string reason = ReadFilter(key, value, request);
      if (!reason.empty()) refuse(key, std::move(reason));
    }
  }
  if (request.filters.size() > base::limits::kControlPlaneFilters) {
    refuse("filter", fmt::format("at most {} filters", base::limits::kControlPlaneFilters));
  }
  if (decoded.invalid.empty()) {
    decoded.value = std::move(request);
  } else {
    decoded.detail = fmt::format("Bad Request: {} [invalid]: {}", decoded.invalid[0].field,
                                 decoded.invalid[0].reason);
  }
  return decoded;
}

}  // namespace skyden::rest
