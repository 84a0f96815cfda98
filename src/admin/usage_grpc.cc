// SPDX-License-Identifier: Apache-2.0
#include "admin/usage_grpc.h"

#include <fmt/format.h>

#include "admin/convert.h"
#include "admin/errors.h"
#include "skyden/base/limits.h"
#include "skyden/base/limits_usage.h"
#include "skyden/base/status.h"
#include "skyden/insights/usage.h"

namespace skyden::admin {
namespace {

using insights::UsagePeriod;

// The first hour that begins then or later.
absl::StatusOr<store::Hour> ToHour(const std::string& field,
                                   const google::protobuf::Timestamp& time) {
  SKYDEN_ASSIGN_OR_RETURN(const absl::Time at, admin::ToTime(field, time));
  if (at < absl::UnixEpoch()) return BadField(field, "must be a time from 1970 on");
  return store::HourOf(at + absl::Hours(1) - absl::Nanoseconds(1));
}

UsagePeriod ToPeriod(v1::ListUsageRequest::Group group) {
  switch (group) {
    case v1::ListUsageRequest::HOUR:
      return UsagePeriod::kHour;
    case v1::ListUsageRequest::DAY:
      return UsagePeriod::kDay;
    case v1::ListUsageRequest::MONTH:
      return UsagePeriod::kMonth;
    default:
      return UsagePeriod::kWhole;
  }
}

absl::StatusOr<insights::UsageRequest> ToRequest(const v1::ListUsageRequest& from) {
  insights::UsageRequest request;
  SKYDEN_ASSIGN_OR_RETURN(request.from, ToHour("from", from.from()));
  SKYDEN_ASSIGN_OR_RETURN(request.to, ToHour("to", from.to()));
  if (request.to <= request.from) return BadField("to", "must be after from");
  if (request.to - request.from > store::Hour{24} * base::limits::kUsageDays) {
    return BadField("from",
                    fmt::format("must be at most {} days before to", base::limits::kUsageDays));
  }
  request.group = ToPeriod(from.group());
  if (!from.control_plane_id().empty()) {
    const auto id = model::ParseControlPlaneId(from.control_plane_id());
    if (!id.ok()) return BadField("control_plane_id", "must be a UUID");
    request.control_plane = *id;
  }
  if (from.page_size() > uint32_t{base::limits::kPageSizeMax}) {
    return BadField("page_size", fmt::format("must be at most {}", base::limits::kPageSizeMax));
  }
  if (from.page_size() > 0) request.size = from.page_size();
  request.after = from.page_after();
  return request;
}

void FillLine(const insights::UsageLine& line, v1::UsageLine* out) {
  out->set_control_plane_id(line.id.str());
  out->set_control_plane_name(line.name);
  if (line.deleted_at) Fill(*line.deleted_at, out->mutable_deleted_at());
  Fill(store::BeginOf(line.from), out->mutable_from());
  Fill(store::BeginOf(line.to), out->mutable_to());
  out->set_zone_seconds(line.used.zone_seconds);
  out->set_dataplane_seconds(line.used.dataplane_seconds);
  out->set_writes(line.used.writes);
  out->set_bytes(line.used.bytes);
}

}  // namespace

grpc::ServerUnaryReactor* UsageGrpc::List(grpc::CallbackServerContext* context,
                                          const v1::ListUsageRequest* request,
                                          v1::ListUsageResponse* response) {
  return calls_.StartInOrganization(
      context, [this, request, response](const model::OrganizationScope& scope) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto asked, ToRequest(*request));
        SKYDEN_ASSIGN_OR_RETURN(const auto page, calls_.deps().usage.Read(scope, asked));
        for (const insights::UsageLine& line : page.lines) FillLine(line, response->add_lines());
        response->set_next(page.next);
        return absl::OkStatus();
      });
}

}  // namespace skyden::admin
