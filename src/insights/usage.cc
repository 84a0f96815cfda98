// SPDX-License-Identifier: Apache-2.0
// A page goes on at a control plane and an hour: whatever is made or deleted meanwhile moves
// nothing.
#include "skyden/insights/usage.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits_usage.h"
#include "skyden/base/status.h"
#include "skyden/store/directory_tx.h"

namespace skyden::insights {
namespace {

using store::Hour;
using store::MeteredHour;

constexpr std::array<std::string_view, 4> kPeriods = {"total", "hour", "day", "month"};
constexpr Hour kHoursOfDay = 24;
// What it costs to look at a control plane, beside its hours.
constexpr size_t kHoursOfLook = 50;

Hour MonthOf(Hour hour, int ahead) {
  const auto month = absl::ToCivilMonth(store::BeginOf(hour), absl::UTCTimeZone()) + ahead;
  return store::HourOf(absl::FromCivil(month, absl::UTCTimeZone()));
}

// The period that an hour is in, as far as it was asked for.
std::pair<Hour, Hour> PeriodOf(Hour hour, const UsageRequest& request) {
  std::pair<Hour, Hour> period{request.from, request.to};
  if (request.group == UsagePeriod::kHour) period = {hour, hour + 1};
  if (request.group == UsagePeriod::kDay) {
    const Hour begin = hour - hour % kHoursOfDay;
    period = {begin, begin + kHoursOfDay};
  }
  if (request.group == UsagePeriod::kMonth) period = {MonthOf(hour, 0), MonthOf(hour, 1)};
  return {std::max(period.first, request.from), std::min(period.second, request.to)};
}

// Whose lines there are.
struct Subject {
  model::TenantKey tenant{};
  model::ControlPlaneId id;
  std::string name;
  std::optional<absl::Time> deleted_at{};
};

// "<id>\n<hour>": where to go on.
std::string CursorOf(const Subject& subject, Hour hour) {
  return base::Base64UrlEncode(fmt::format("{}\n{}", subject.id.str(), hour));
}

struct GoingOn {
  size_t subject = 0;
  Hour hour = 0;
};

absl::StatusOr<GoingOn> PlaceOf(const UsageRequest& request, const std::vector<Subject>& subjects) {
  if (request.after.empty()) return GoingOn{0, request.from};
  const auto text = base::Base64UrlDecode(request.after);
  const size_t line = text.ok() ? text->find('\n') : std::string::npos;
  if (line != std::string::npos) {
    GoingOn place;
    const char* const end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data() + line + 1, end, place.hour);
    const auto found = std::find_if(subjects.begin(), subjects.end(), [&](const Subject& subject) {
      return subject.id.str() == std::string_view(*text).substr(0, line);
    });
    place.subject = static_cast<size_t>(found - subjects.begin());
    const bool whole = parsed.ec == std::errc() && parsed.ptr == end;
    if (whole && found != subjects.end() && place.hour >= request.from) return place;
  }
  return absl::InvalidArgumentError("page[after] is not what a page of this list ended with");
}

absl::StatusOr<std::vector<Subject>> SubjectsOf(const UsageReader::Deps& deps,
                                                const model::OrganizationScope& scope,
                                                const UsageRequest& request) {
  SKYDEN_ASSIGN_OR_RETURN(const auto there, deps.control_planes.All(scope));
  SKYDEN_ASSIGN_OR_RETURN(auto past, deps.metering.ListPast(scope));
  std::vector<Subject> subjects;
  std::set<model::TenantKey> living;
  for (const store::ControlPlaneRecord* one : there.listed) {
    if (!scope.access().Reads(one->tenant)) continue;
    living.insert(one->tenant);
    subjects.push_back({one->tenant, one->id, one->name});
  }
  for (store::PastControlPlane& one : past) {
    if (living.contains(one.tenant) || !scope.access().Reads(one.tenant)) continue;
    subjects.push_back({one.tenant, std::move(one.id), std::move(one.name), one.deleted_at});
  }
  if (!request.control_plane.empty()) {
    std::erase_if(subjects, [&](const Subject& one) { return one.id != request.control_plane; });
    if (subjects.empty()) return absl::NotFoundError("control plane not found");
  }
  std::sort(subjects.begin(), subjects.end(),
            [](const Subject& a, const Subject& b) { return a.tenant < b.tenant; });
  return subjects;
}

// The lines of one subject from `from` on; how many hours there were.
absl::StatusOr<size_t> ReadLines(const UsageReader::Deps& deps,
                                 const model::OrganizationScope& scope, const Subject& subject,
                                 Hour from, const UsageRequest& request,
                                 std::vector<UsageLine>& lines) {
  size_t hours = 0;
  const absl::Status read =
      deps.metering.List(scope, subject.tenant, from, request.to, [&](const MeteredHour& hour) {
        ++hours;
        if (hour.used.empty()) return;
        if (lines.empty() || hour.hour >= lines.back().to) {
          const auto [begin, end] = PeriodOf(hour.hour, request);
          lines.push_back({subject.id, subject.name, subject.deleted_at, begin, end, {}});
        }
        lines.back().used.Add(hour.used);
      });
  SKYDEN_RETURN_IF_ERROR(read);
  return hours;
}

}  // namespace

std::string_view UsagePeriodName(UsagePeriod period) {
  return kPeriods[static_cast<size_t>(period)];
}

std::optional<UsagePeriod> ParseUsagePeriod(std::string_view name) {
  const auto found = std::find(kPeriods.begin(), kPeriods.end(), name);
  if (found == kPeriods.end()) return std::nullopt;
  return static_cast<UsagePeriod>(found - kPeriods.begin());
}

absl::StatusOr<UsagePage> UsageReader::Read(const model::OrganizationScope& scope,
                                            const UsageRequest& request) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto subjects, SubjectsOf(deps_, scope, request));
  SKYDEN_ASSIGN_OR_RETURN(const GoingOn begin, PlaceOf(request, subjects));
  UsagePage page;
  size_t looked_at = 0;
  for (size_t i = begin.subject; i < subjects.size(); ++i) {
    const Hour from = i == begin.subject ? begin.hour : request.from;
    if (looked_at >= base::limits::kUsageRead) {
      page.next = CursorOf(subjects[i], from);
      return page;
    }
    std::vector<UsageLine> lines;
    SKYDEN_ASSIGN_OR_RETURN(const size_t hours,
                            ReadLines(deps_, scope, subjects[i], from, request, lines));
    looked_at += hours + kHoursOfLook;
    for (UsageLine& line : lines) {
      if (page.lines.size() == request.size) {
        page.next = CursorOf(subjects[i], line.from);
        return page;
      }
      page.lines.push_back(std::move(line));
    }
  }
  return page;
}

absl::Status ForgetOldUsage(store::Store& store, model::OrganizationKey organization,
                            absl::Time before) {
  store::Metering& metering = store::MeteringOf(store);
  const auto scope = model::SystemScope::For("forget what was used long ago").In(organization);
  // Once a day there is something to do, and not every hour.
  const Hour end = store::HourOf(before) - store::HourOf(before) % kHoursOfDay;
  std::vector<model::TenantKey> tenants;
  SKYDEN_RETURN_IF_ERROR(
      store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto there, tx.ListControlPlanes());
        for (const store::ControlPlaneRecord& one : there) tenants.push_back(one.tenant);
        return absl::OkStatus();
      }));
  SKYDEN_ASSIGN_OR_RETURN(const auto past, metering.ListPast(scope));
  bool any_past = false;
  for (const store::PastControlPlane& one : past) {
    tenants.push_back(one.tenant);
    any_past |= one.deleted_at < store::BeginOf(end);
  }
  for (const model::TenantKey tenant : tenants) {
    bool any = false;
    SKYDEN_RETURN_IF_ERROR(
        metering.List(scope, tenant, 0, end, [&any](const MeteredHour&) { any = true; }));
    if (any) SKYDEN_RETURN_IF_ERROR(metering.Prune(scope, tenant, end).status());
  }
  return any_past ? metering.PrunePast(scope, store::BeginOf(end)) : absl::OkStatus();
}

}  // namespace skyden::insights
