// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/body_meta.h"

#include <fmt/format.h>

#include <algorithm>

#include "resources/go/json.h"
#include "resources/go/text.h"
#include "skyden/base/rfc3339.h"
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

// What Go says of a text that is no time: its layout is an example, and the first piece of it that
// the text does not follow is shown beside the rest of the text.
std::string WhyNoTime(std::string_view text) {
  struct Piece {
    std::string_view layout;
    std::string_view name;  // of a number that has a range
    int min;
    int max;
  };
  static constexpr Piece kPieces[] = {
      {"2006", "", 0, 0},      {"-", "", 0, 0}, {"01", "month", 1, 12}, {"-", "", 0, 0},
      {"02", "day", 1, 31},    {"T", "", 0, 0}, {"15", "hour", 0, 23},  {":", "", 0, 0},
      {"04", "minute", 0, 59}, {":", "", 0, 0}, {"05", "second", 0, 59}};
  constexpr std::string_view kZone = "Z07:00";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string_view rest = text;
  std::string_view expected = kZone;
  for (const Piece& piece : kPieces) {
    const std::string_view head = rest.substr(0, piece.layout.size());
    const bool number = is_digit(piece.layout[0]);
    const bool follows = number ? head.size() == piece.layout.size() &&
                                      std::all_of(head.begin(), head.end(), is_digit)
                                : head == piece.layout;
    if (!follows) {
      expected = piece.layout;
      break;
    }
    if (!piece.name.empty()) {
      const int value = (head[0] - '0') * 10 + (head[1] - '0');
      if (value < piece.min || value > piece.max) {
        return fmt::format("parsing time {}: {} out of range", GoQuote(text), piece.name);
      }
    }
    rest.remove_prefix(piece.layout.size());
  }
  return fmt::format(R"(parsing time {} as "2006-01-02T15:04:05Z07:00": cannot parse {} as {})",
                     GoQuote(text), GoQuote(rest), GoQuote(expected));
}

// Read for its errors only: the store knows the times.
absl::Status ReadTime(std::string_view raw) {
  if (go_json::IsNull(raw)) return absl::OkStatus();
  if (go_json::KindOf(raw) != "string") {
    return absl::InvalidArgumentError("Time.UnmarshalJSON: input is not a JSON string");
  }
  const std::string_view text = raw.substr(1, raw.size() - 2);
  if (base::ParseRfc3339(text).ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(WhyNoTime(text));
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
  SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(raw));
  for (const auto& [name, value] : members) {
    if (SameName(name, "type")) {
      SKYDEN_RETURN_IF_ERROR(ReadText(value, "type", meta.type));
    } else if (SameName(name, "mesh")) {
      SKYDEN_RETURN_IF_ERROR(ReadText(value, "mesh", meta.mesh));
    } else if (SameName(name, "name")) {
      SKYDEN_RETURN_IF_ERROR(ReadText(value, "name", meta.name));
    } else if (SameName(name, "labels")) {
      SKYDEN_RETURN_IF_ERROR(ReadLabels(value, meta.labels));
    } else if (SameName(name, "creationTime") || SameName(name, "modificationTime")) {
      SKYDEN_RETURN_IF_ERROR(ReadTime(value));
    }
  }
  return meta;
}

}  // namespace skyden::resources
