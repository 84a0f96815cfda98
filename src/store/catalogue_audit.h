// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for the audit.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kAudit = std::to_array<Statement>({
    // ------------------------------------------------------------ the audit
    {kListAuditAfter, "list_audit_after", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE place > $1 ORDER BY place LIMIT $2"},
    {kListAuditBefore, "list_audit_before", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE place < $1 ORDER BY place DESC LIMIT $2"},
    {kListAuditOfControlPlaneAfter, "list_audit_of_control_plane_after", kOrganization, kSeek,
     kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE control_plane = $1 AND place > $2 ORDER BY place LIMIT $3"},
    {kListAuditOfControlPlaneBefore, "list_audit_of_control_plane_before", kOrganization, kSeek,
     kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE control_plane = $1 AND place < $2 ORDER BY place DESC LIMIT $3"},
    {kListAuditOfChainAfter, "list_audit_of_chain_after", kOrganization, kSeek, kBoth, "v_audit",
     "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"},
    {kListAuditOfChainBefore, "list_audit_of_chain_before", kOrganization, kSeek, kBoth, "v_audit",
     "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE chain = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3"},
    // Told apart by stepping from one to the next: how long they are does not matter.
    {kNextAuditChain, "next_audit_chain", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, chain, control_plane FROM v_audit"
     " WHERE chain > $1 ORDER BY chain, sequence LIMIT 1"},
    {kListMarkedChains, "list_marked_chains", kOrganization, kSeek, kBoth, "v_audit_mark", "",
     "SELECT organization, chain FROM v_audit_mark WHERE name = $1 ORDER BY chain"},
    {kListAuditMarks, "list_audit_marks", kOrganization, kSeek, kBoth, "v_audit_mark", "",
     "SELECT organization, name, sequence, hash, sealed FROM v_audit_mark"
     " WHERE chain = $1 ORDER BY name"},
    {kFindAuditTotal, "find_audit_total", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, sequence, total, place FROM v_audit"
     " WHERE chain = $1 AND sequence >= $2 ORDER BY sequence LIMIT 1"},
    {kInsertAudit, "insert_audit", kOrganization, kSeek, kWriter, "", "audit",
     "INSERT INTO audit (organization, sequence, tenant, control_plane, at, actor_kind, actor_id,"
     " actor_name, peer, request_id, trace_id, action, object_type, object_name, detail, hash,"
     " total, chain, place) VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, "
     "$10,"
     " $11, $12, $13, $14, $15, $16, $17, $18)",
     "INSERT INTO audit (organization, sequence, tenant, control_plane, at, actor_kind, actor_id,"
     " actor_name, peer, request_id, trace_id, action, object_type, object_name, detail, hash,"
     " total, chain, place) SELECT current_organization(), a.sequence, a.tenant, a.control_plane,"
     " a.at, a.actor_kind, a.actor_id, a.actor_name, a.peer, a.request_id, a.trace_id, a.action,"
     " a.object_type, a.object_name, a.detail, a.hash, a.total, a.chain, a.place"
     " FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[],"
     " $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],"
     " $14::text[], $15::bytea[], $16::bigint[], $17::bigint[], $18::bigint[])"
     " AS a (sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name, peer,"
     " request_id, trace_id, action, object_type, object_name, detail, hash, total, chain, place)"},
    {kPruneAudit, "prune_audit", kOrganization, kSeek, kWriter, "", "audit",
     "DELETE FROM audit WHERE organization = current_organization() AND chain = $1"
     " AND sequence <= $2"},
    {kSetAuditMark, "set_audit_mark", kOrganization, kSeek, kWriter, "", "audit_mark",
     "INSERT INTO audit_mark (organization, chain, name, sequence, hash, sealed)"
     " VALUES (current_organization(), $1, $2, $3, $4, $5)"
     " ON CONFLICT (organization, chain, name) DO UPDATE SET sequence = $3, hash = $4,"
     " sealed = $5",
     "INSERT INTO audit_mark (organization, chain, name, sequence, hash, sealed)"
     " SELECT current_organization(), m.chain, m.name, m.sequence, m.hash, m.sealed"
     " FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[])"
     " AS m (chain, name, sequence, hash, sealed)"
     " ON CONFLICT (organization, chain, name) DO UPDATE SET sequence = excluded.sequence,"
     " hash = excluded.hash, sealed = excluded.sealed"},
});

}  // namespace skyden::store::catalogue
