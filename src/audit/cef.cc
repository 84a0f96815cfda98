// SPDX-License-Identifier: Apache-2.0
#include "skyden/audit/cef.h"

#include <fmt/format.h>

#include <string_view>

#include "skyden/base/version.h"

namespace skyden::audit {
namespace {

// `also`: what means something where it stands, beside the backslash.
std::string Escaped(std::string_view text, char also) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == also) out += '\\';
    if (c == '\n' || c == '\r') {
      out += c == '\n' ? "\\n" : "\\r";
    } else {
      out += c;
    }
  }
  return out;
}

// "name=value ", or nothing where there is none.
std::string Member(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("{}={} ", name, Escaped(value, '='));
}

// A member of our own, and what it is called.
std::string Labelled(std::string_view key, std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format("{0}Label={1} {2}", key, name, Member(key, value));
}

}  // namespace

std::string CefLine(const store::AuditEntry& entry) {
  const store::AuditNote& note = entry.note;
  // Of 10. Whoever is turned away may be worth a look.
  const int severity = note.action.starts_with(store::kActionOfSignIns) ? 5 : 3;
  std::string line = fmt::format("CEF:0|Skyden|Skyden|{}|{}|{}|{}|", Escaped(base::Version(), '|'),
                                 Escaped(note.action, '|'), Escaped(note.action, '|'), severity);
  line += Member("rt", std::to_string(absl::ToUnixMillis(note.at)));
  line += Member("externalId", std::to_string(entry.sequence));
  line += Member("suid", entry.actor_id);
  line += Member("suser", entry.actor_name);
  line += Labelled("cs1", "controlPlane", entry.control_plane.str());
  line += Labelled("cs2", "objectType", note.object_type);
  line += Labelled("cs3", "object", note.object_name);
  line += Labelled("cs4", "requestId", entry.origin.request_id);
  line += Labelled("cs5", "peer", entry.origin.peer);
  line += Member("msg", note.detail);
  line.pop_back();
  return line;
}

}  // namespace skyden::audit
