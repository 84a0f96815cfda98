// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for what ends, and for where organizations have their audit sent.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kSending = std::to_array<Statement>({
    // ------------------------------------------------------------ what ends
    // From the tokens to their accounts, whatever a planner thinks of it: there may be many more
    // accounts than tokens that end.
    {kListEndingTokens, "list_ending_tokens", kOrganization, kSeek, kBoth, "v_account v_token", "",
     "SELECT t.organization, t.id, t.account, t.name, t.sha256, t.created_at, t.expires_at,"
     " t.revoked_at, t.last_used_at, t.updated_at, t.kind, t.parent, t.provider_session,"
     " t.person_groups, a.tenant, a.id, a.kind, a.name, a.description, a.active, a.zone, a.email,"
     " a.preferred_name, a.subject, a.created_at, a.updated_at, a.labels"
     " FROM v_token AS t CROSS JOIN v_account AS a"
     " WHERE a.id = t.account AND t.kind = 'token' AND t.revoked_at IS NULL"
     " AND t.expires_at >= $1 AND t.expires_at < $2 ORDER BY t.expires_at, t.id LIMIT $3"},

    // ------------------------------------------------------------ where the audit is sent
    {kListAuditDestinations, "list_audit_destinations", kOrganization, kSeek, kBoth,
     "v_audit_destination", "",
     "SELECT organization, id, name, endpoint, sealed, log_format, created_at, updated_at"
     " FROM v_audit_destination"},
    {kFindAuditWebhook, "find_audit_webhook", kOrganization, kSeek, kBoth, "v_audit_webhook", "",
     "SELECT organization, destination, enabled, place, attempted_at, response, delivered, failed,"
     " replay_from, replay_to, replay_at, replay_place, replay_progress FROM v_audit_webhook"},
    {kPutAuditDestination, "put_audit_destination", kOrganization, kSeek, kWriter, "",
     "audit_destination",
     "INSERT INTO audit_destination (organization, id, name, endpoint, sealed, log_format,"
     " created_at, updated_at) VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7)"
     " ON CONFLICT (organization, id) DO UPDATE SET name = $2, endpoint = $3, sealed = $4,"
     " log_format = $5, updated_at = $7"},
    {kDeleteAuditDestination, "delete_audit_destination", kOrganization, kSeek, kWriter, "",
     "audit_destination",
     "DELETE FROM audit_destination WHERE organization = current_organization() AND id = $1"},
    {kDeleteAllAuditDestinations, "delete_all_audit_destinations", kOrganization, kSeek, kWriter,
     "", "audit_destination",
     "DELETE FROM audit_destination WHERE organization = current_organization()"},
    {kPutAuditWebhook, "put_audit_webhook", kOrganization, kSeek, kWriter, "", "audit_webhook",
     "INSERT INTO audit_webhook (organization, destination, enabled, place, response, delivered,"
     " failed, replay_place, replay_progress)"
     " VALUES (current_organization(), $1, $2, $3, 0, 0, 0, 0, $4)"
     " ON CONFLICT (organization) DO UPDATE SET destination = $1, enabled = $2, place = $3,"
     " attempted_at = NULL, response = 0"},
    {kNoteAuditDelivery, "note_audit_delivery", kOrganization, kSeek, kWriter, "", "audit_webhook",
     "UPDATE audit_webhook SET place = $2, attempted_at = $3, response = $4,"
     " delivered = delivered + $5, failed = failed + $6"
     " WHERE organization = current_organization() AND place = $1"},
    {kPutAuditReplay, "put_audit_replay", kOrganization, kSeek, kWriter, "", "audit_webhook",
     "UPDATE audit_webhook SET replay_from = $1, replay_to = $2, replay_at = $3, replay_place = $4,"
     " replay_progress = $5 WHERE organization = current_organization()"},
    {kNoteAuditReplay, "note_audit_replay", kOrganization, kSeek, kWriter, "", "audit_webhook",
     "UPDATE audit_webhook SET replay_place = $2, replay_progress = $3, attempted_at = $4,"
     " response = $5, delivered = delivered + $6, failed = failed + $7"
     " WHERE organization = current_organization() AND replay_at = $1"},
    {kDeleteAuditWebhook, "delete_audit_webhook", kOrganization, kSeek, kWriter, "",
     "audit_webhook", "DELETE FROM audit_webhook WHERE organization = current_organization()"},
});

}  // namespace skyden::store::catalogue
