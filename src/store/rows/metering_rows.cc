// SPDX-License-Identifier: Apache-2.0
#include "store/rows/metering_rows.h"

#include "skyden/base/status.h"
#include "store/rows/records.h"

namespace skyden::store::rows {

using enum StatementId;

absl::Status AddMeteredRow(Session& session, model::OrganizationKey organization,
                           const MeteredHour& hour) {
  const Metered& used = hour.used;
  return session.Run(TenantRef{organization, hour.tenant, {}}.binding(), kAddMetered,
                     {Param::Int(hour.hour), Param::Unsigned(used.zone_seconds),
                      Param::Unsigned(used.dataplane_seconds), Param::Unsigned(used.writes),
                      Param::Unsigned(used.bytes)});
}

absl::Status ListMeteredRows(Session& session, const TenantRef& tenant, Hour from, Hour to,
                             absl::FunctionRef<void(const MeteredHour&)> fn) {
  return session.Run(tenant.binding(), kListMetered, {Param::Int(from), Param::Int(to)},
                     [&](const Row& row) {
                       fn({tenant.tenant,
                           row.Int(1),
                           {row.Unsigned(2), row.Unsigned(3), row.Unsigned(4), row.Unsigned(5)}});
                       return absl::OkStatus();
                     });
}

absl::StatusOr<std::vector<PastControlPlane>> ListPastRows(Session& session,
                                                           const Binding& binding) {
  std::vector<PastControlPlane> all;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListPastControlPlanes, {}, [&all](const Row& row) {
    all.push_back({model::TenantKey{row.Int(1)}, model::ControlPlaneId(row.String(2)),
                   row.String(3), DecodeTime(row.Int(4))});
    return absl::OkStatus();
  }));
  return all;
}

}  // namespace skyden::store::rows
