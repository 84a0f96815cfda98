// SPDX-License-Identifier: Apache-2.0
// The text of an entry is made from its columns whenever it is needed; it is not stored. So every
// column is covered by the hash, but for the tenant's key, which is never shown: who verifies
// checks that keys and ids of control planes belong together.
#include "skyden/store/audit.h"

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/json_text.h"
#include "skyden/base/rfc3339.h"

namespace skyden::store {

std::string_view ActorKindName(model::Principal::Kind kind) {
  switch (kind) {
    case model::Principal::Kind::kSystem:
      return "system";
    case model::Principal::Kind::kUser:
      return "user";
    case model::Principal::Kind::kSystemAccount:
      return "system_account";
    case model::Principal::Kind::kZone:
      return "zone";
    case model::Principal::Kind::kKumaUser:
      return "kuma_user";
  }
  return "";
}

std::string AuditDocument(const AuditEntry& entry) {
  const AuditNote& note = entry.note;
  const std::string actor = base::JsonObjectText()
                                .Text("kind", ActorKindName(entry.actor_kind))
                                .TextIfAny("id", entry.actor_id)
                                .TextIfAny("name", entry.actor_name)
                                .Take();
  base::JsonObjectText document;
  document.Raw("sequence", fmt::format_int(entry.sequence).str())
      .Text("at", base::FormatRfc3339(note.at))
      .TextIfAny("control_plane_id", entry.control_plane.str())
      .Raw("actor", actor)
      .TextIfAny("peer", entry.origin.peer)
      .TextIfAny("request_id", entry.origin.request_id)
      .TextIfAny("trace_id", entry.origin.trace_id)
      .Text("action", note.action);
  if (!note.object_type.empty() || !note.object_name.empty()) {
    document.Raw("object", base::JsonObjectText()
                               .TextIfAny("type", note.object_type)
                               .TextIfAny("name", note.object_name)
                               .Take());
  }
  if (!note.detail.empty()) document.Raw("detail", note.detail);
  return document.Take();
}

AuditDigest AuditHash(const AuditDigest& previous, std::string_view document) {
  std::string text(reinterpret_cast<const char*>(previous.data()), previous.size());
  text += document;
  return base::Sha256(text);
}

std::string AuditLine(const AuditEntry& entry) {
  std::string line = AuditDocument(entry);
  line.pop_back();
  line += R"(,"hash":")";
  line += base::HexLower({reinterpret_cast<const char*>(entry.hash.data()), entry.hash.size()});
  line += "\"}";
  return line;
}

}  // namespace skyden::store
