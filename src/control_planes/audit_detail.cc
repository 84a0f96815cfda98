// SPDX-License-Identifier: Apache-2.0
#include "control_planes/audit_detail.h"

#include "skyden/base/json_text.h"
#include "skyden/base/rfc3339.h"

namespace skyden::control_planes {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  base::AppendJsonString(out, text);
  return out;
}

std::string LabelsJson(const model::Labels& labels) {
  base::JsonObjectText json;
  for (const auto& [key, value] : labels) json.Text(key, value);
  return json.Take();
}

}  // namespace

std::string DetailOf(const store::ControlPlaneRecord& record) {
  return base::JsonObjectText()
      .Text("name", record.name)
      .TextIfAny("description", record.description)
      .Raw("labels", LabelsJson(record.labels))
      .Text("version", record.api_version)
      .Take();
}

std::string DetailOfUpdate(const store::ControlPlaneRecord& before,
                           const store::ControlPlaneRecord& after) {
  std::string changes = "[";
  const auto compare = [&](std::string_view path, const std::string& a, const std::string& b) {
    if (a == b) return;
    if (changes.size() > 1) changes += ',';
    changes += base::JsonObjectText().Text("path", path).Raw("before", a).Raw("after", b).Take();
  };
  compare("/name", Quoted(before.name), Quoted(after.name));
  compare("/description", Quoted(before.description), Quoted(after.description));
  compare("/labels", LabelsJson(before.labels), LabelsJson(after.labels));
  compare("/version", Quoted(before.api_version), Quoted(after.api_version));
  return base::JsonObjectText().Raw("changes", changes + "]").Take();
}

std::string DetailOf(const store::Suspension& suspension) {
  base::JsonObjectText json;
  json.TextIfAny("reason", suspension.reason);
  if (suspension.until) json.Text("until", base::FormatRfc3339(*suspension.until));
  return json.Take();
}

std::string DetailOfDelete(const store::ControlPlaneRecord& record, size_t tokens) {
  return base::JsonObjectText()
      .Text("name", record.name)
      .Raw("tokens", std::to_string(tokens))
      .Take();
}

}  // namespace skyden::control_planes
