// SPDX-License-Identifier: Apache-2.0
#include "rest/page_query.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "skyden/base/limits.h"

namespace skyden::rest {
namespace {

using Filter = model::TextFilter;

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
std::optional<Parts> SplitKey(std::string_view key) {
  key.remove_prefix(kFilterBegins.size());
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
std::string ReadFilter(std::string_view key, std::string_view value,
                       const model::FilterNames& names, std::vector<Filter>& filters) {
  const auto parts = SplitKey(key);
  if (!parts) return "is not a filter";
  std::string refusal = model::FilterRefusal(names, parts->field);
  if (!refusal.empty()) return refusal;
  Filter filter;
  filter.field = parts->field;
  filter.value = value;
  if (!parts->op.empty()) {
    const auto op = OpOf(parts->op);
    if (!op) return "has no such operator: eq, neq, contains, oeq or ocontains";
    filter.op = *op;
  } else if (value.empty() && model::LabelKeyOf(parts->field)) {
    filter.op = Filter::Op::kExists;
  }
  filters.push_back(std::move(filter));
  return {};
}

void ReadFilters(const http::Query& query, const model::FilterNames& names,
                 std::vector<Filter>& filters, std::vector<InvalidParameter>& invalid) {
  const auto refuse = [&](std::string_view key, std::string reason) {
    invalid.push_back({std::string(key.substr(0, base::limits::kEchoBytes)), "invalid",
                       std::move(reason), "query"});
  };
  for (const auto& [key, value] : query.pairs()) {
    if (!key.starts_with(kFilterBegins)) continue;
    std::string reason = ReadFilter(key, value, names, filters);
    if (!reason.empty()) refuse(key, std::move(reason));
  }
  if (filters.size() > base::limits::kControlPlaneFilters) {
    refuse("filter", fmt::format("at most {} filters", base::limits::kControlPlaneFilters));
  }
}

}  // namespace

std::optional<size_t> ReadNumber(std::string_view text, size_t min, size_t max) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number >= min && number <= max ? std::optional(number) : std::nullopt;
}

Decoded<PageQuery> DecodePage(const http::Query& query, const model::FilterNames& names) {
  Decoded<PageQuery> decoded;
  PageQuery request;
  ReadFilters(query, names, request.filters, decoded.invalid);
  const auto refuse = [&](std::string_view key, std::string reason) {
    decoded.invalid.push_back({std::string(key), "invalid", std::move(reason), "query"});
  };
  for (const auto& [key, value] : query.pairs()) {
    if (key == "page[size]") {
      const auto size = ReadNumber(value, 1, size_t{base::limits::kPageSizeMax});
      if (size) {
        request.size = *size;
      } else {
        refuse(key, fmt::format("must be a number from 1 to {}", base::limits::kPageSizeMax));
      }
    } else if (key == "page[number]") {
      const auto number = ReadNumber(value, 1, std::numeric_limits<size_t>::max());
      if (number) {
        request.number = *number;
      } else {
        refuse(key, "must be a number from 1");
      }
    }
  }
  return Settled(std::move(decoded), std::move(request));
}

Decoded<std::vector<Filter>> DecodeFilters(const http::Query& query,
                                           const model::FilterNames& names) {
  Decoded<std::vector<Filter>> decoded;
  std::vector<Filter> filters;
  ReadFilters(query, names, filters, decoded.invalid);
  return Settled(std::move(decoded), std::move(filters));
}

void BeginPage(size_t size, size_t number, uint64_t total, JsonWriter& json) {
  json.BeginObject().Key("meta").BeginObject().Key("page").BeginObject();
  json.Field("number", number).Field("size", size).Field("total", total);
  json.EndObject().EndObject().Key("data").BeginArray();
}

void EndPage(JsonWriter& json) { json.EndArray().EndObject(); }

}  // namespace skyden::rest
