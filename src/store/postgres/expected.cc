// SPDX-License-Identifier: Apache-2.0
// What the migrations come to, as the server says it: who may touch what, and under which policy. A
// migration that changes either changes this; the test that checks a sound database says how.
#include "store/postgres/expected.h"

#include <array>

namespace skyden::store::postgres {
namespace {

constexpr std::string_view kOfOrganization = "(organization = current_organization())";
constexpr std::string_view kWithin =
    "((organization = current_organization()) AND within_tenant(tenant))";
constexpr std::string_view kOfTenant = "(tenant = current_tenant())";
constexpr std::string_view kOfBoth =
    "((tenant = current_tenant()) AND (organization = current_organization()))";
constexpr std::string_view kOperators =
    "CASE WHEN current_system() THEN (role = 'Operator'::text) ELSE"
    " ((organization = current_organization()) AND within_tenant(tenant)) END";
constexpr std::string_view kAll = "true";
constexpr std::string_view kSystem = "current_system()";
constexpr std::string_view kNone;

constexpr auto kPolicies = std::to_array<Policy>({
    {"account.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"account.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"account.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization, kNone},
    {"account.system_read", "PERMISSIVE", "skyden_system", "SELECT", kAll, kNone},
    {"assigned_role.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"assigned_role.app_owner_delete", "RESTRICTIVE", "skyden_app", "DELETE", kWithin, kNone},
    {"assigned_role.app_owner_insert", "RESTRICTIVE", "skyden_app", "INSERT", kNone, kWithin},
    {"assigned_role.app_owner_read", "RESTRICTIVE", "skyden_app", "SELECT", kOperators, kNone},
    {"assigned_role.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization,
     kNone},
    {"assigned_role.system_read", "PERMISSIVE", "skyden_system", "SELECT", kAll, kNone},
    {"audit.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"audit.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"audit_mark.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"audit_mark.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfOrganization, kOfOrganization},
    {"control_plane.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"control_plane.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"control_plane.system_read", "PERMISSIVE", "skyden_system", "SELECT", kAll, kNone},
    {"daemon.system_in", "PERMISSIVE", "skyden_system", "ALL", kAll, kAll},
    {"database.system_in", "PERMISSIVE", "skyden_system", "ALL", kAll, kAll},
    {"deleted_control_plane.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"deleted_control_plane.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"deleted_control_plane.system_read", "PERMISSIVE", "skyden_system", "SELECT", kOfOrganization,
     kNone},
    {"history.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"history.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"journal.app_in", "PERMISSIVE", "skyden_app", "INSERT", kNone, kAll},
    {"journal.system_in", "PERMISSIVE", "skyden_system", "ALL", kAll, kAll},
    {"opening.anybody_read", "PERMISSIVE", "skyden_app skyden_system", "SELECT", kAll, kNone},
    {"opening.system_update", "PERMISSIVE", "skyden_system", "UPDATE", kAll, kAll},
    {"organization.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"organization.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfOrganization,
     kOfOrganization},
    {"organization.system_insert", "PERMISSIVE", "skyden_system", "INSERT", kNone, kSystem},
    {"organization.system_read", "PERMISSIVE", "skyden_system", "SELECT", kAll, kNone},
    {"organization.system_update", "PERMISSIVE", "skyden_system", "UPDATE", kSystem, kSystem},
    {"organization_quota.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"organization_quota.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfOrganization,
     kOfOrganization},
    {"organization_quota.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization,
     kNone},
    {"organization_quota.system_read", "PERMISSIVE", "skyden_system", "SELECT", kOfOrganization,
     kNone},
    {"past_control_plane.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"past_control_plane.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"past_control_plane.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization,
     kNone},
    {"past_control_plane.system_read", "PERMISSIVE", "skyden_system", "SELECT", kOfOrganization,
     kNone},
    {"pending_key.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"pending_key.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"quota.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"quota.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"resource.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"resource.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"resource_count.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"resource_count.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"rollout.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"rollout.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"schema_version.anybody_read", "PERMISSIVE", "skyden_app skyden_system", "SELECT", kAll,
     kNone},
    {"schema_version.owner_in", "PERMISSIVE", "skyden_owner", "ALL", kAll, kAll},
    {"team_member.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"team_member.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfOrganization, kOfOrganization},
    {"team_member.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization, kNone},
    {"team_member.system_read", "PERMISSIVE", "skyden_system", "SELECT", kOfOrganization, kNone},
    {"tenant_state.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"tenant_state.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfBoth, kOfBoth},
    {"token.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"token.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"token.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization, kNone},
    {"token.system_read", "PERMISSIVE", "skyden_system", "SELECT", kAll, kNone},
    {"tombstone_state.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"tombstone_state.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"usage.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"usage.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kOfTenant, kOfTenant},
    {"usage_hour.app_in", "PERMISSIVE", "skyden_app", "ALL", kAll, kAll},
    {"usage_hour.app_owner", "RESTRICTIVE", "skyden_app", "ALL", kWithin, kWithin},
    {"usage_hour.system_delete", "PERMISSIVE", "skyden_system", "DELETE", kOfOrganization, kNone},
    {"usage_hour.system_read", "PERMISSIVE", "skyden_system", "SELECT", kOfOrganization, kNone},
});

constexpr auto kRelations = std::to_array<Relation>({
    {"account", 'r', "DELETE INSERT SELECT UPDATE", "DELETE SELECT"},
    {"assigned_role", 'r', "DELETE INSERT SELECT", "DELETE SELECT"},
    {"audit", 'r', "DELETE INSERT SELECT", ""},
    {"audit_mark", 'r', "INSERT SELECT UPDATE", ""},
    {"control_plane", 'r', "DELETE INSERT SELECT UPDATE", "SELECT"},
    {"daemon", 'r', "", "DELETE INSERT SELECT UPDATE"},
    {"database", 'r', "", "DELETE INSERT SELECT UPDATE"},
    {"deleted_control_plane", 'r', "DELETE INSERT SELECT", "SELECT"},
    {"history", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"journal", 'r', "INSERT", "DELETE INSERT SELECT UPDATE"},
    {"opening", 'r', "SELECT", "SELECT UPDATE"},
    {"organization", 'r', "SELECT", "INSERT SELECT UPDATE"},
    {"organization_quota", 'r', "DELETE INSERT SELECT UPDATE", "DELETE SELECT"},
    {"past_control_plane", 'r', "DELETE INSERT SELECT UPDATE", "DELETE SELECT"},
    {"pending_key", 'r', "DELETE INSERT SELECT", ""},
    {"quota", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"resource", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"resource_count", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"rollout", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"schema_version", 'r', "SELECT", "SELECT"},
    {"team_member", 'r', "DELETE INSERT SELECT", "DELETE SELECT"},
    {"tenant_state", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"token", 'r', "DELETE INSERT SELECT UPDATE", "DELETE SELECT"},
    {"tombstone_state", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"usage", 'r', "DELETE INSERT SELECT UPDATE", ""},
    {"usage_hour", 'r', "DELETE INSERT SELECT UPDATE", "DELETE SELECT"},
    {"v_account", 'v', "SELECT", "SELECT"},
    {"v_all_account", 'v', "", "SELECT"},
    {"v_all_assigned_role", 'v', "SELECT", "SELECT"},
    {"v_all_control_plane", 'v', "", "SELECT"},
    {"v_all_organization", 'v', "", "SELECT"},
    {"v_all_token", 'v', "", "SELECT"},
    {"v_assigned_role", 'v', "SELECT", "SELECT"},
    {"v_audit", 'v', "SELECT", ""},
    {"v_audit_mark", 'v', "SELECT", ""},
    {"v_control_plane", 'v', "SELECT", "SELECT"},
    {"v_deleted_control_plane", 'v', "SELECT", "SELECT"},
    {"v_history", 'v', "SELECT", ""},
    {"v_organization", 'v', "SELECT", "SELECT"},
    {"v_organization_quota", 'v', "SELECT", "SELECT"},
    {"v_own_control_plane", 'v', "SELECT", ""},
    {"v_own_tenant_state", 'v', "SELECT", ""},
    {"v_own_usage_hour", 'v', "SELECT", ""},
    {"v_past_control_plane", 'v', "SELECT", ""},
    {"v_pending_key", 'v', "SELECT", ""},
    {"v_quota", 'v', "SELECT", ""},
    {"v_resource", 'v', "SELECT", ""},
    {"v_resource_count", 'v', "SELECT", ""},
    {"v_rollout", 'v', "SELECT", ""},
    {"v_team_member", 'v', "SELECT", "SELECT"},
    {"v_token", 'v', "SELECT", "SELECT"},
    {"v_tombstone_state", 'v', "SELECT", ""},
    {"v_usage", 'v', "SELECT", ""},
});

constexpr auto kViews = std::to_array<View>({
    {"v_account",
     "account WHERE ((organization = current_organization()) AND within_tenant(tenant))"},
    {"v_all_account", "account WHERE current_system()"},
    {"v_all_assigned_role", "assigned_role WHERE current_system()"},
    {"v_all_control_plane", "control_plane WHERE current_system()"},
    {"v_all_organization", "organization WHERE current_system()"},
    {"v_all_token", "token WHERE current_system()"},
    {"v_assigned_role",
     "assigned_role WHERE ((organization = current_organization()) AND within_tenant(tenant))"},
    {"v_audit", "audit WHERE ((organization = current_organization()) AND within_tenant(tenant))"},
    {"v_audit_mark", "audit_mark WHERE (organization = current_organization())"},
    {"v_control_plane",
     "control_plane WHERE ((organization = current_organization()) AND within_tenant(tenant) AND "
     "(gone = 0))"},
    {"v_deleted_control_plane",
     "deleted_control_plane WHERE ((organization = current_organization()) AND "
     "within_tenant(tenant))"},
    {"v_history", "history WHERE (tenant = current_tenant())"},
    {"v_organization",
     "organization WHERE ((organization = current_organization()) AND (gone = 0))"},
    {"v_organization_quota", "organization_quota WHERE (organization = current_organization())"},
    {"v_own_control_plane",
     "control_plane WHERE ((tenant = current_tenant()) AND (organization = current_organization()) "
     "AND (gone = 0))"},
    {"v_own_tenant_state",
     "tenant_state WHERE ((tenant = current_tenant()) AND (organization = current_organization()) "
     "AND (state = 0))"},
    {"v_own_usage_hour",
     "usage_hour WHERE ((tenant = current_tenant()) AND (organization = current_organization()))"},
    {"v_past_control_plane",
     "past_control_plane WHERE ((organization = current_organization()) AND "
     "within_tenant(tenant))"},
    {"v_pending_key", "pending_key WHERE (tenant = current_tenant())"},
    {"v_quota", "quota WHERE (tenant = current_tenant())"},
    {"v_resource", "resource WHERE (tenant = current_tenant())"},
    {"v_resource_count", "resource_count WHERE (tenant = current_tenant())"},
    {"v_rollout", "rollout WHERE (tenant = current_tenant())"},
    {"v_team_member", "team_member WHERE (organization = current_organization())"},
    {"v_token", "token WHERE ((organization = current_organization()) AND within_tenant(tenant))"},
    {"v_tombstone_state", "tombstone_state WHERE (tenant = current_tenant())"},
    {"v_usage", "usage WHERE (tenant = current_tenant())"},
});

}  // namespace

std::span<const Policy> ExpectedPolicies() { return kPolicies; }
std::span<const Relation> ExpectedRelations() { return kRelations; }
std::span<const View> ExpectedViews() { return kViews; }

}  // namespace skyden::store::postgres
