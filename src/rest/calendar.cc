// SPDX-License-Identifier: Apache-2.0
// RFC 5545: lines end in CR LF and are folded before the 76th octet, between characters (3.1); in
// text, backslashes, semicolons, commas and ends of lines are escaped (3.3.11).
#include "rest/calendar.h"

#include <fmt/format.h>

#include "skyden/base/crypto.h"
#include "skyden/base/strings.h"

namespace skyden::rest {
namespace {

using insights::Ending;
using Kind = Ending::Kind;

constexpr size_t kLineBytes = 75;

std::string EscapedValue(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    }
  }
  return out;
}

bool BeginsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

void Line(std::string_view line, std::string& out) {
  size_t room = kLineBytes;
  while (line.size() > room) {
    size_t cut = room;
    while (cut > 1 && !BeginsCharacter(line[cut])) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = kLineBytes - 1;  // the blank counts
  }
  out.append(line).append("\r\n");
}

std::string At(absl::Time time) {
  return absl::FormatTime("%Y%m%dT%H%M%SZ", time, absl::UTCTimeZone());
}

// "Token of zone eu-1 of payments ends".
std::string Summary(const Ending& one) {
  switch (one.kind) {
    case Kind::kZoneToken:
      return fmt::format("Token of zone {} of {} ends", one.zone_name, one.control_plane_name);
    case Kind::kPersonalToken:
    case Kind::kSystemAccountToken:
      return fmt::format("Token {} of {} ends", one.name, one.account_name);
    case Kind::kMeshAuthority:
      return fmt::format("Authority {} of mesh {} of {} ends", one.name, one.mesh,
                         one.control_plane_name);
    case Kind::kIdentityCertificates:
      return fmt::format("Certificates of {} proxies in zone {} of {} end", one.count,
                         one.zone_name, one.control_plane_name);
    case Kind::kTlsCertificate:
      return fmt::format("Certificate of the {} port ends", one.name);
  }
  return "";
}

void Event(const Ending& one, absl::Time now, std::string_view where, std::string& out) {
  // The same for the same ending, whenever it is asked for.
  const auto digest = base::Sha256(one.Place());
  Line("BEGIN:VEVENT", out);
  Line(fmt::format("UID:{}@skyden",
                   base::HexLower({reinterpret_cast<const char*>(digest.data()), 16})),
       out);
  Line("DTSTAMP:" + At(now), out);
  Line("DTSTART:" + At(one.ends_at), out);
  Line("SUMMARY:" + EscapedValue(Summary(one)), out);
  Line("DESCRIPTION:" + EscapedValue(insights::EndingAdvice(one.kind)), out);
  if (!where.empty()) Line(fmt::format("URL:{}/console/expiry", where), out);
  Line("TRANSP:TRANSPARENT", out);
  for (const std::string_view line : {"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P7D"}) {
    Line(line, out);
  }
  Line("DESCRIPTION:" + EscapedValue(Summary(one)), out);
  Line("END:VALARM", out);
  Line("END:VEVENT", out);
}

}  // namespace

std::string EndingsCalendar(const std::vector<Ending>& endings, absl::Time now,
                            std::string_view where) {
  std::string out;
  for (const std::string_view line :
       {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Skyden//What ends//EN", "METHOD:PUBLISH",
        "X-WR-CALNAME:What ends in Skyden", "REFRESH-INTERVAL;VALUE=DURATION:PT12H"}) {
    Line(line, out);
  }
  for (const Ending& one : endings) Event(one, now, where, out);
  Line("END:VCALENDAR", out);
  return out;
}

}  // namespace skyden::rest
