// SPDX-License-Identifier: Apache-2.0
#include "rest/usage_text.h"

#include <fmt/format.h>

#include <string_view>

#include "rest/json_writer.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {
namespace {

// To the second: 3600 of them are 1.
std::string HoursOf(uint64_t seconds) {
  std::string text = fmt::format("{:.6f}", static_cast<double>(seconds) / 3600);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string TimeOf(store::Hour hour) { return base::FormatRfc3339(store::BeginOf(hour)); }

void WriteLine(const insights::UsageLine& line, JsonWriter& json) {
  json.BeginObject();
  json.Key("control_plane")
      .BeginObject()
      .Field("id", line.id.str())
      .Field("name", line.name)
      .EndObject();
  if (line.deleted_at) json.Field("deleted_at", base::FormatRfc3339(*line.deleted_at));
  json.Field("from", TimeOf(line.from)).Field("to", TimeOf(line.to));
  json.Key("zone_hours").Raw(HoursOf(line.used.zone_seconds));
  json.Key("dataplane_hours").Raw(HoursOf(line.used.dataplane_seconds));
  json.Field("writes", line.used.writes).Field("bytes", line.used.bytes).EndObject();
}

// A name begins with a letter or a digit, so no program takes it for a formula.
std::string Quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace

std::string UsageJson(const insights::UsageRequest& request, const insights::UsagePage& page) {
  JsonWriter json;
  json.BeginObject().Key("meta").BeginObject();
  json.Key("page").BeginObject().Field("size", request.size).Key("next");
  if (page.next.empty()) {
    json.Null();
  } else {
    json.String(page.next);
  }
  json.EndObject();
  json.Field("from", TimeOf(request.from)).Field("to", TimeOf(request.to));
  json.Field("group", insights::UsagePeriodName(request.group)).EndObject();
  json.Key("data").BeginArray();
  for (const insights::UsageLine& line : page.lines) WriteLine(line, json);
  json.EndArray().EndObject();
  return json.Take();
}

std::string UsageCsv(const insights::UsagePage& page) {
  std::string csv =
      "control_plane_id,control_plane_name,deleted_at,from,to,zone_hours,dataplane_hours,writes,"
      "bytes\r\n";
  for (const insights::UsageLine& line : page.lines) {
    csv += fmt::format("{},{},{},{},{},{},{},{},{}\r\n", line.id.str(), Quoted(line.name),
                       line.deleted_at ? base::FormatRfc3339(*line.deleted_at) : "",
                       TimeOf(line.from), TimeOf(line.to), HoursOf(line.used.zone_seconds),
                       HoursOf(line.used.dataplane_seconds), line.used.writes, line.used.bytes);
  }
  return csv;
}

}  // namespace skyden::rest
