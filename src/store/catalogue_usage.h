// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for what control planes used, by the hour.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kUsage = std::to_array<Statement>({
    // ------------------------------------------------------------ reads
    {kListMetered, "list_metered", kTenant, kSeek, kBoth, "v_own_usage_hour", "",
     "SELECT tenant, hour, zone_seconds, dataplane_seconds, writes, bytes FROM v_own_usage_hour"
     " WHERE hour >= $1 AND hour < $2 ORDER BY hour"},
    {kListPastControlPlanes, "list_past_control_planes", kOrganization, kSeek, kBoth,
     "v_past_control_plane", "",
     "SELECT organization, tenant, id, name, deleted_at FROM v_past_control_plane"
     " ORDER BY tenant"},

    // ------------------------------------------------------------ writes
    {kAddMetered, "add_metered", kTenant, kSeek, kWriter, "", "usage_hour",
     "INSERT INTO usage_hour (organization, tenant, hour, zone_seconds, dataplane_seconds, writes,"
     " bytes) VALUES (current_organization(), current_tenant(), $1, $2, $3, $4, $5)"
     " ON CONFLICT (organization, tenant, hour)"
     " DO UPDATE SET zone_seconds = usage_hour.zone_seconds + $2,"
     " dataplane_seconds = usage_hour.dataplane_seconds + $3,"
     " writes = usage_hour.writes + $4, bytes = usage_hour.bytes + $5"},
    {kPruneMetered, "prune_metered", kTenant, kSeek, kWriter, "", "usage_hour",
     "DELETE FROM usage_hour WHERE tenant = current_tenant()"
     " AND organization = current_organization() AND hour < $1"},
    // Before it is marked as gone.
    {kInsertPastControlPlane, "insert_past_control_plane", kOrganization, kSeek, kWriter,
     "v_control_plane", "past_control_plane",
     "INSERT INTO past_control_plane (organization, tenant, id, name, deleted_at)"
     " SELECT organization, tenant, id, name, $2 FROM v_control_plane WHERE id = $1"
     " ON CONFLICT (organization, tenant)"
     " DO UPDATE SET name = excluded.name, deleted_at = excluded.deleted_at"},
    {kPrunePastControlPlanes, "prune_past_control_planes", kOrganization, kSeek, kWriter, "",
     "past_control_plane",
     "DELETE FROM past_control_plane"
     " WHERE organization = current_organization() AND deleted_at < $1"},
    // Of an organization that ends.
    {kDeleteAllMetered, "delete_all_metered", kOrganization, kSeek, kWriter, "", "usage_hour",
     "DELETE FROM usage_hour WHERE organization = current_organization()"},
    {kDeleteAllPastControlPlanes, "delete_all_past_control_planes", kOrganization, kSeek, kWriter,
     "", "past_control_plane",
     "DELETE FROM past_control_plane WHERE organization = current_organization()"},
});

}  // namespace skyden::store::catalogue
