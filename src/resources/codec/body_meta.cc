// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/body_meta.h"

#include <fmt/format.h>

#include <algorithm>

#include "resources/go/json.h"
#include "resources/go/time.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

absl::Status WrongKind(std::string_view raw, std::string_view field, std::string_view wanted) {
  return absl::InvalidArgumentError(
      fmt::format("json: cannot unmarshal {} into Go struct field ResourceMeta.{} of type {}",
                  go_json::KindOf(raw), field, wanted));
}

absl::Status ReadText(std::string_view raw, std::string_view field, std::string& out) {
  if (go_json::IsNull(raw)) return absl::OkStatus();
  if (go_json::KindOf(raw) != "string") return WrongKind(raw, field, "string");
  SKYDEN_ASSIGN_OR_RETURN(out, go_json::StringOf(raw));
  return absl::OkStatus();
}

// Read for its errors only: the store knows the times.
absl::Status ReadTime(std::string_view raw) {
  if (go_json::IsNull(raw)) return absl::OkStatus();
  if (go_json::KindOf(raw) != "string") return NoTimeText();
  return CheckGoTime(raw.substr(1, raw.size() - 2));
}

absl::Status ReadLabels(std::string_view raw, model::Labels& labels) {
  if (go_json::IsNull(raw)) return absl::OkStatus();
  if (go_json::KindOf(raw) != "object") return WrongKind(raw, "labels", "map[string]string");
  SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(raw));
  for (const auto& [name, value] : members) {
    SKYDEN_RETURN_IF_ERROR(ReadText(value, "labels", labels[name]));
  }
  return absl::OkStatus();
}

bool SameName(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

absl::StatusOr<BodyMeta> ReadBodyMeta(std::string_view raw) {
  BodyMeta meta;
  if (go_json::IsNull(raw)) return meta;
  if (go_json::KindOf(raw) != "object") return go_json::Mismatch(raw, "v1alpha1.ResourceMeta");
  // A member of the wrong kind is told only if nothing worse comes after it.
  absl::Status misfit, fatal;
  go_json::ForEachMember(raw, [&](std::string_view name, std::string_view value) {
    if (!fatal.ok()) return;
    if (SameName(name, "type")) {
      misfit.Update(ReadText(value, "type", meta.type));
    } else if (SameName(name, "mesh")) {
      misfit.Update(ReadText(value, "mesh", meta.mesh));
    } else if (SameName(name, "name")) {
      misfit.Update(ReadText(value, "name", meta.name));
    } else if (SameName(name, "labels")) {
      misfit.Update(ReadLabels(value, meta.labels));
    } else if (SameName(name, "creationTime") || SameName(name, "modificationTime")) {
      fatal.Update(ReadTime(value));
    }
  });
  SKYDEN_RETURN_IF_ERROR(fatal);
  SKYDEN_RETURN_IF_ERROR(misfit);
  return meta;
}

}  // namespace skyden::resources
