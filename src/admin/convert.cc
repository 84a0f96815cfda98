// SPDX-License-Identifier: Apache-2.0
#include "admin/convert.h"

#include <optional>

#include "admin/errors.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::admin {
namespace {

using Filter = control_planes::ListControlPlanes::Filter;
using v1::ListControlPlanesRequest;

model::Labels ToLabels(const google::protobuf::Map<std::string, std::string>& entries) {
  return {entries.begin(), entries.end()};
}

std::optional<Filter::Op> ToOperator(ListControlPlanesRequest::Operator op) {
  switch (op) {
    case ListControlPlanesRequest::OPERATOR_UNSPECIFIED:
    case ListControlPlanesRequest::EQUALS:
      return Filter::Op::kEq;
    case ListControlPlanesRequest::NOT_EQUALS:
      return Filter::Op::kNeq;
    case ListControlPlanesRequest::CONTAINS:
      return Filter::Op::kContains;
    case ListControlPlanesRequest::EQUALS_ANY:
      return Filter::Op::kOrEq;
    case ListControlPlanesRequest::CONTAINS_ANY:
      return Filter::Op::kOrContains;
    case ListControlPlanesRequest::EXISTS:
      return Filter::Op::kExists;
    default:
      return std::nullopt;
  }
}

}  // namespace

void Fill(absl::Time time, google::protobuf::Timestamp* out) {
  const timespec parts = absl::ToTimespec(time);
  out->set_seconds(parts.tv_sec);
  out->set_nanos(static_cast<int32_t>(parts.tv_nsec));
}

absl::StatusOr<absl::Time> ToTime(const std::string& field,
                                  const google::protobuf::Timestamp& time) {
  constexpr int64_t kFirst = -62'135'596'800;  // 0001-01-01
  constexpr int64_t kLast = 253'402'300'799;   // 9999-12-31
  const bool fits = time.seconds() >= kFirst && time.seconds() <= kLast && time.nanos() >= 0 &&
                    time.nanos() < 1'000'000'000;
  if (!fits) return BadField(field, "is not a time");
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void Fill(const store::ControlPlaneRecord& record, absl::Time now, v1::ControlPlane* out) {
  out->set_id(record.id.str());
  out->set_name(record.name);
  out->set_description(record.description);
  for (const auto& [key, value] : record.labels) (*out->mutable_labels())[key] = value;
  out->set_version(record.api_version);
  out->set_mesh_creation(record.mesh_creation);
  out->set_hostname_generator_creation(record.hostname_generator_creation);
  out->set_cluster_id(record.cluster_id);
  Fill(record.created_at, out->mutable_created_at());
  Fill(record.updated_at, out->mutable_updated_at());
  if (!record.SuspendedAt(now)) return;
  v1::Suspension& suspension = *out->mutable_suspension();
  Fill(record.suspension->at, suspension.mutable_suspended_at());
  if (record.suspension->until) Fill(*record.suspension->until, suspension.mutable_until());
  suspension.set_reason(record.suspension->reason);
}

control_planes::CreateControlPlane ToRequest(const v1::CreateControlPlaneRequest& request) {
  control_planes::CreateControlPlane out;
  out.name = request.name();
  out.description = request.description();
  out.labels = ToLabels(request.labels());
  if (!request.version().empty()) out.api_version = request.version();
  if (request.has_mesh_creation()) out.mesh_creation = request.mesh_creation();
  if (request.has_hostname_generator_creation()) {
    out.hostname_generator_creation = request.hostname_generator_creation();
  }
  return out;
}

absl::StatusOr<control_planes::ListControlPlanes> ToRequest(
    const ListControlPlanesRequest& request) {
  control_planes::ListControlPlanes out;
  out.page_size = request.page_size() == 0 ? base::limits::kPageSizeDefault : request.page_size();
  out.page_number = request.page_number() == 0 ? 1 : request.page_number();
  for (const ListControlPlanesRequest::Filter& filter : request.filters()) {
    const std::optional<Filter::Op> op = ToOperator(filter.operator_());
    if (!op) return BadField("filters", "has an operator that is not known");
    out.filters.push_back({filter.field(), *op, filter.value()});
  }
  return out;
}

absl::StatusOr<control_planes::UpdateControlPlane> ToRequest(
    const v1::UpdateControlPlaneRequest& request) {
  control_planes::UpdateControlPlane out;
  if (request.has_name()) out.name = request.name();
  if (request.has_description()) out.description = request.description();
  if (request.has_version()) out.api_version = request.version();
  if (request.has_labels()) out.labels = ToLabels(request.labels().entries());
  for (const auto& [key, value] : request.set_labels()) out.label_patch[key] = value;
  for (const std::string& key : request.remove_labels()) {
    if (!out.label_patch.emplace(key, std::nullopt).second) {
      return BadField("remove_labels", "names a label twice, or one that is also set");
    }
  }
  return out;
}

}  // namespace skyden::admin
