// SPDX-License-Identifier: Apache-2.0
#include "rest/list_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "rest/go_numbers.h"
#include "rest/json_writer.h"
#include "rest/kuma_answer.h"
#include "rest/negotiation.h"
#include "rest/page_query.h"
#include "skyden/base/limits.h"

namespace skyden::rest {
namespace {

using Gateway = resources::ListRequest::Gateway;

constexpr std::string_view kLabelFilter = "filter[labels.";

void ReadFilters(const Call& call, resources::ListRequest& request,
                 std::vector<base::FieldViolation>& violations) {
  // In the order of the keys, so that the same query always gets the same answer.
  std::vector<std::pair<std::string, std::string>> pairs = call.query.pairs();
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const std::string* previous = nullptr;
  for (const auto& [key, value] : pairs) {
    if (!key.starts_with(kFilterBegins)) continue;
    const bool repeated = previous != nullptr && *previous == key;
    previous = &key;
    const size_t close = key.find(']');
    std::string_view reason;
    if (!key.starts_with(kLabelFilter)) {
      reason = "filters are only supported on labels";
    } else if (close == std::string::npos) {
      reason = "is not closed by a bracket";
    } else if (close != key.size() - 1) {
      reason = "advanced filters are not supported";
    } else {
      const size_t begin = kLabelFilter.size();
      request.label_filters[key.substr(begin, close - begin)] = value;  // the last one wins
      continue;
    }
    if (repeated) continue;
    violations.push_back({fmt::format("{}.{}", call.pattern, key), std::string(reason)});
  }
}

// What one version says of others than it knows.
struct GatewayWords {
  bool builtin;
  std::string_view refusal;
};
constexpr model::ByVersion<GatewayWords> kGatewayWords = {
    {{{true, "shoud use `true`, `false`, 'builtin' or 'delegated' instead of "},
      {false, "should use `true`, `false` or `delegated` instead of "}}}};

std::optional<Gateway> GatewayOf(std::string_view text) {
  if (text.empty()) return Gateway::kAny;
  if (http::EqualsIgnoringCase(text, "true")) return Gateway::kOnly;
  if (http::EqualsIgnoringCase(text, "false")) return Gateway::kNone;
  if (http::EqualsIgnoringCase(text, "builtin")) return Gateway::kBuiltin;
  if (http::EqualsIgnoringCase(text, "delegated")) return Gateway::kDelegated;
  return std::nullopt;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lower;
}

void ReadTags(const Call& call, resources::ListRequest& request) {
  for (const auto& [key, value] : call.query.pairs()) {
    if (key != "tag") continue;
    const size_t colon = value.find(':');
    if (colon == std::string::npos) continue;
    const std::string name = value.substr(0, colon);
    std::erase_if(request.tags, [&](const auto& tag) { return tag.first == name; });
    request.tags.emplace_back(name, value.substr(colon + 1));
  }
}

}  // namespace

std::optional<http::Response> ReadSize(const Call& call, std::string_view title,
                                       resources::ListRequest& request) {
  const auto refuse = [title](std::string reason) {
    return KumaInvalid(std::string(title), "Invalid page size", {{"size", std::move(reason)}});
  };
  request.size = static_cast<size_t>(base::limits::kPageSizeDefault);
  const std::string_view text = call.query.Get("size").value_or("");
  if (text.empty()) return std::nullopt;
  const auto number = ReadGoInt(text);
  if (!number.value) return refuse("invalid format");
  if (*number.value <= 0) return refuse("must be greater than 0");
  if (*number.value > base::limits::kPageSizeMax) {
    return refuse(fmt::format("invalid page size of {}. Maximum page size is {}", *number.value,
                              base::limits::kPageSizeMax));
  }
  request.size = static_cast<size_t>(*number.value);
  return std::nullopt;
}

std::optional<http::Response> ReadListQuery(const Call& call, const model::TypeDescriptor& type,
                                            resources::ListRequest& request) {
  request.type = &type;
  if (auto refusal = ReadSize(call, kListTitle, request)) return refusal;
  std::vector<base::FieldViolation> violations;
  ReadFilters(call, request, violations);
  if (violations.empty() && type.name == "Dataplane") {
    const std::string_view text = call.query.Get("gateway").value_or("");
    const GatewayWords& words = kGatewayWords[call.scope->version()];
    const auto gateway = GatewayOf(text);
    if (gateway && (*gateway != Gateway::kBuiltin || words.builtin)) {
      request.gateway = *gateway;
    } else {
      violations.push_back(
          {fmt::format("{}.gateway", call.pattern), std::string(words.refusal) + LowerCase(text)});
    }
  }
  if (!violations.empty()) {
    return KumaInvalid(std::string(kListTitle), "Resource is not valid", std::move(violations));
  }
  if (type.name == "Dataplane" || type.name == "ExternalService") ReadTags(call, request);
  request.name_contains = call.query.Get("name").value_or("");
  const std::string& mesh = call.parameters["mesh"];
  if (!mesh.empty()) request.mesh = mesh;
  return std::nullopt;
}

std::optional<http::Response> ReadPage(const Call& call, std::string_view title,
                                       resources::ListRequest& request) {
  if (auto refusal = ReadSize(call, title, request)) return refusal;
  return ReadOffset(call, request, title);
}

std::optional<http::Response> ReadOffset(const Call& call, resources::ListRequest& request,
                                         std::string_view title) {
  const std::string_view text = call.query.Get("offset").value_or("");
  if (text.empty()) return std::nullopt;
  const auto refuse = [title](std::string detail) {
    return KumaError({.status = 400, .title = std::string(title), .detail = std::move(detail)});
  };
  const auto number = ReadGoInt(text);
  if (!number.value) {
    return refuse(fmt::format("invalid: invalid offset: strconv.Atoi: parsing {}: {}",
                              GoQuoted(text), number.error));
  }
  if (*number.value < 0) return refuse("invalid: invalid offset: must be non-negative");
  request.offset = std::min(static_cast<size_t>(*number.value), base::limits::kPageOffsetMax);
  return std::nullopt;
}

bool PageItems::Add(std::string item) {
  if (!items_.empty() && bytes_ + item.size() > bytes_max_) {
    next_offset_ = offset_ + items_.size();
    return false;
  }
  bytes_ += item.size();
  items_.push_back(std::move(item));
  return true;
}

std::string ListJson(const Call& call, const std::vector<std::string>& trusted_proxies,
                     uint64_t total, const PageItems& page) {
  JsonWriter json;
  json.Reserve(256 + page.bytes() + page.items().size());
  json.BeginObject().Field("total", total).Key("items").BeginArray();
  for (const std::string& item : page.items()) json.Raw(item);
  json.EndArray().Key("next");
  if (page.next_offset()) {
    json.String(NextLink(call.request, trusted_proxies, *page.next_offset()));
  } else {
    json.Null();
  }
  json.EndObject();
  return json.Take();
}

}  // namespace skyden::rest
