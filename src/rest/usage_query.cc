// SPDX-License-Identifier: Apache-2.0
#include "rest/usage_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rest/page_query.h"
#include "skyden/base/limits.h"
#include "skyden/base/limits_usage.h"
#include "skyden/base/rfc3339.h"
#include "skyden/model/ids.h"

namespace skyden::rest {
namespace {

namespace limits = base::limits;

constexpr store::Hour kMostHours = store::Hour{24} * limits::kUsageDays;

store::Hour BeginOfMonth(absl::Time time) {
  const auto month = absl::ToCivilMonth(time, absl::UTCTimeZone());
  return store::HourOf(absl::FromCivil(month, absl::UTCTimeZone()));
}

// The first hour that begins at a time or after it. A day is midnight.
std::optional<store::Hour> ReadHour(std::string_view text) {
  constexpr size_t kDay = sizeof "2026-01-02" - 1;
  const bool is_day = text.size() == kDay;
  std::string whole(text);
  if (is_day) whole += "T00:00:00Z";
  const auto time = base::ParseRfc3339(whole);
  if (!time.ok() || *time < absl::UnixEpoch()) return std::nullopt;
  return store::HourOf(*time + absl::Hours(1) - absl::Nanoseconds(1));
}

class Reader {
 public:
  explicit Reader(UsageAsked& asked) : asked_(asked) {}

  // Why a parameter is refused; empty when it is not, or means nothing here.
  std::string Read(std::string_view key, const std::string& value) {
    insights::UsageRequest& request = asked_.request;
    if (key == "from" || key == "to") {
      const auto hour = ReadHour(value);
      if (!hour) return "must be a day, as 2026-01-31, or a time as in RFC 3339";
      (key == "from" ? request.from : request.to) = *hour;
    } else if (key == "group") {
      const auto group = insights::ParseUsagePeriod(value);
      if (!group) return "must be total, hour, day or month";
      request.group = *group;
    } else if (key == "control_plane_id") {
      const auto id = model::ParseControlPlaneId(value);
      if (!id.ok()) return "must be a UUID";
      request.control_plane = *id;
    } else if (key == "page[after]") {
      if (value.size() > limits::kCursorBytes) return "is none that a page ended with";
      request.after = value;
    } else if (key == "page[size]") {
      const size_t most =
          asked_.form == UsageForm::kCsv ? limits::kUsageCsvLines : size_t{limits::kPageSizeMax};
      const auto size = ReadNumber(value, 1, most);
      if (!size) return fmt::format("must be a number from 1 to {}", most);
      request.size = *size;
    }
    return {};
  }

 private:
  UsageAsked& asked_;
};

}  // namespace

Decoded<UsageAsked> DecodeUsage(const http::Query& query, UsageForm taken, absl::Time now) {
  Decoded<UsageAsked> decoded;
  const auto refuse = [&](std::string_view key, std::string reason) {
    decoded.invalid.push_back({std::string(key), "invalid", std::move(reason), "query"});
  };
  UsageAsked asked{.request = {}, .form = taken};
  if (const auto format = query.Get("format")) {
    asked.form = *format == "csv" ? UsageForm::kCsv : UsageForm::kJson;
    if (*format != "csv" && *format != "json") refuse("format", "must be json or csv");
  }
  asked.request.size =
      asked.form == UsageForm::kCsv ? limits::kUsageCsvLines : size_t{limits::kPageSizeDefault};
  asked.request.to = store::HourOf(now) + 1;
  asked.request.from = BeginOfMonth(now);
  Reader reader(asked);
  for (const auto& [key, value] : query.pairs()) {
    std::string reason = reader.Read(key, value);
    if (!reason.empty()) refuse(key, std::move(reason));
  }
  const store::Hour hours = asked.request.to - asked.request.from;
  if (decoded.invalid.empty() && hours <= 0) refuse("to", "must be after from");
  if (decoded.invalid.empty() && hours > kMostHours) {
    refuse("from", fmt::format("must be at most {} days before to", limits::kUsageDays));
  }
  return Settled(std::move(decoded), std::move(asked));
}

}  // namespace skyden::rest
