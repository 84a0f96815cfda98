// SPDX-License-Identifier: Apache-2.0
#include "rest/fleet_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rest/fleet_log.h"
#include "rest/page_query.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

// Why a parameter is refused; empty when it is not, or means nothing here.
std::string Read(std::string_view key, std::string_view value, insights::ListZones& request) {
  if (key == "page[size]") {
    const auto size = ReadNumber(value, 1, size_t{base::limits::kPageSizeMax});
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

}  // namespace

Decoded<size_t> DecodeTop(const http::Query& query) {
  Decoded<size_t> decoded;
  constexpr size_t kTop = 50;
  constexpr size_t kMax = base::limits::kPageSizeMax;
  const auto text = query.Get("top");
  const auto top = text ? ReadNumber(*text, 0, kMax) : kTop;
  if (!top) {
    decoded.invalid.push_back(
        {"top", "invalid", fmt::format("must be a number from 0 to {}", kMax), "query"});
  }
  return Settled(std::move(decoded), top.value_or(0));
}

const model::Filterable<insights::Ending>& EndingFilters() {
  using insights::Ending;
  using Text = std::optional<std::string>;
  static constexpr model::FilterField<Ending> kFields[] = {
      {"kind",
       [](const Ending& one, absl::Time) { return Text(insights::EndingKindName(one.kind)); }},
      {"control_plane_id",
       [](const Ending& one, absl::Time) {
         return one.control_plane_id.empty() ? Text() : Text(one.control_plane_id);
       }},
  };
  static constexpr model::Filterable<Ending> filters{kFields};
  return filters;
}

Decoded<ListEndings> DecodeListEndings(const http::Query& query, absl::Time now) {
  constexpr absl::Duration kAhead = absl::Hours(24 * 30);
  Decoded<ListEndings> decoded;
  ListEndings request;
  request.before = now + kAhead;
  auto filters = DecodeFilters(query, model::NamesOf(EndingFilters()));
  decoded.invalid = std::move(filters.invalid);
  if (filters.value) request.filters = *std::move(filters.value);
  const auto refuse = [&](std::string_view key, std::string reason) {
    decoded.invalid.push_back({std::string(key), "invalid", std::move(reason), "query"});
  };
  for (const auto& [key, value] : query.pairs()) {
    if (key == "page[size]") {
      const auto size = ReadNumber(value, 1, size_t{base::limits::kPageSizeMax});
      if (!size) {
        refuse(key, fmt::format("must be a number from 1 to {}", base::limits::kPageSizeMax));
      }
      request.page_size = size.value_or(1);
    } else if (key == "page[after]") {
      const auto place = base::Base64UrlDecode(value.substr(0, base::limits::kCursorBytes));
      if (!place.ok() || place->empty()) refuse(key, "is none that a page ended with");
      if (place.ok()) request.after = *place;
    } else if (key == "format") {
      request.as_calendar = value == "ics";
      if (!request.as_calendar && value != "json") refuse(key, "must be json or ics");
    } else if (key == "before") {
      const auto time = base::ParseRfc3339(value);
      if (!time.ok()) refuse(key, "must be a time as in RFC 3339");
      if (time.ok()) request.before = *time;
    }
  }
  return Settled(std::move(decoded), std::move(request));
}

Decoded<std::string> DecodeSearch(const http::Query& query) {
  Decoded<std::string> decoded;
  std::string_view text = query.Get("q").value_or("");
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  constexpr size_t kMin = 2;
  if (text.size() < kMin || text.size() > base::limits::kSearchBytes) {
    decoded.invalid.push_back(
        {"q", "invalid",
         fmt::format("must be {} to {} characters", kMin, base::limits::kSearchBytes), "query"});
  }
  return Settled(std::move(decoded), std::string(text));
}

Decoded<FleetWatchRequest> DecodeFleetWatch(const Call& call, bool reads_audit) {
  static constexpr std::pair<std::string_view, FleetTopic> kTopics[] = {
      {"fleet", FleetTopic::kFleet}, {"zones", FleetTopic::kZones}, {"audit", FleetTopic::kAudit}};
  Decoded<FleetWatchRequest> decoded;
  FleetWatchRequest request;
  std::string_view topics = call.query.Get("topic").value_or("");
  if (topics.empty()) topics = reads_audit ? "fleet,zones,audit" : "fleet,zones";
  while (!topics.empty()) {
    const std::string_view one = topics.substr(0, topics.find(','));
    topics.remove_prefix(std::min(one.size() + 1, topics.size()));
    const auto known = std::find_if(std::begin(kTopics), std::end(kTopics),
                                    [&](const auto& topic) { return topic.first == one; });
    if (known == std::end(kTopics)) {
      decoded.invalid.push_back({"topic", "invalid", "must be of fleet, zones and audit", "query"});
      break;
    }
    request.topics = static_cast<uint8_t>(request.topics | static_cast<uint8_t>(known->second));
  }
  // The header wins: a browser sends it when it reconnects to the same URL.
  const auto header = call.request.Find("last-event-id");
  const std::string_view since =
      header && !header->empty() ? *header : call.query.Get("since").value_or("");
  if (!since.empty()) request.since = std::string(since.substr(0, base::limits::kCursorBytes));
  return Settled(std::move(decoded), std::move(request));
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
