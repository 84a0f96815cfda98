// SPDX-License-Identifier: Apache-2.0
// A walk over two JSON texts side by side. Lists are compared by position: what an insertion moves
// counts as changed, which is crude and never wrong.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "resources/go/json.h"
#include "resources/go/text.h"
#include "skyden/base/limits.h"
#include "skyden/resources/transfer.h"

namespace skyden::resources {
namespace {

constexpr std::string_view kMask = "\"***\"";

std::string Shortened(std::string_view json) {
  if (json.size() <= base::limits::kImportValueBytes) return std::string(json);
  // Not within a UTF-8 character.
  size_t end = base::limits::kImportValueBytes;
  while (end > 0 && (static_cast<unsigned char>(json[end]) & 0xC0) == 0x80) --end;
  return fmt::format("{}...", json.substr(0, end));
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string Below(const std::string& path, std::string_view name) {
  if (!IsPlainName(name)) return fmt::format("{}[{}]", path, GoQuote(name));
  return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

class Comparer {
 public:
  explicit Comparer(bool masked) : masked_(masked) {}

  // Empty: not there.
  void Compare(const std::string& path, std::string_view before, std::string_view after) {
    if (before == after || changes_.size() >= base::limits::kImportChanges) return;
    const std::string_view kind = before.empty() ? "" : go_json::KindOf(before);
    const bool same_kind = !after.empty() && !before.empty() && kind == go_json::KindOf(after);
    if (same_kind && kind == "object") return Objects(path, before, after);
    if (same_kind && kind == "array") return Arrays(path, before, after);
    changes_.push_back({path, Shown(before), Shown(after)});
  }

  std::vector<ImportChange> Take() { return std::move(changes_); }

 private:
  std::string Shown(std::string_view json) const {
    if (json.empty()) return "";
    return masked_ ? std::string(kMask) : Shortened(json);
  }

  void Objects(const std::string& path, std::string_view before, std::string_view after) {
    const auto left = go_json::MembersOf(before);
    const auto right = go_json::MembersOf(after);
    if (!left.ok() || !right.ok()) return;
    std::set<std::string, std::less<>> names;
    for (const auto& [name, value] : *left) names.insert(name);
    for (const auto& [name, value] : *right) names.insert(name);
    const auto value_in = [](const go_json::Members& members, const std::string& name) {
      const auto found = members.find(name);
      return found == members.end() ? std::string_view() : found->second;
    };
    for (const std::string& name : names) {
      Compare(Below(path, name), value_in(*left, name), value_in(*right, name));
    }
  }

  void Arrays(const std::string& path, std::string_view before, std::string_view after) {
    const auto left = go_json::ElementsOf(before);
    const auto right = go_json::ElementsOf(after);
    if (!left.ok() || !right.ok()) return;
    for (size_t i = 0; i < std::max(left->size(), right->size()); ++i) {
      Compare(fmt::format("{}[{}]", path, i), i < left->size() ? (*left)[i] : std::string_view(),
              i < right->size() ? (*right)[i] : std::string_view());
    }
  }

  const bool masked_;
  std::vector<ImportChange> changes_;
};

std::string LabelsJson(const model::Labels& labels) {
  std::string json = "{";
  for (const auto& [name, value] : labels) {
    if (json.size() > 1) json += ',';
    json += GoJsonString(name);
    json += ':';
    json += GoJsonString(value);
  }
  json += '}';
  return json;
}

}  // namespace

std::string_view NameOf(ImportLine::Outcome outcome) {
  using Outcome = ImportLine::Outcome;
  switch (outcome) {
    case Outcome::kCreated:
      return "created";
    case Outcome::kUpdated:
      return "updated";
    case Outcome::kUnchanged:
      return "unchanged";
    case Outcome::kSkipped:
      return "skipped";
    case Outcome::kDeleted:
      return "deleted";
  }
  return "";
}

std::vector<ImportChange> ChangesOf(const ResourceCodec& codec, const ImportLine& line) {
  if (line.update == nullptr) return {};
  const auto& [before, after] = *line.update;
  Comparer comparer(line.type->is_secret);
  comparer.Compare("spec", codec.SpecJson(before), codec.SpecJson(after));
  Comparer open(false);
  open.Compare("labels", LabelsJson(before.labels), LabelsJson(after.labels));
  open.Compare("status", before.status, after.status);
  std::vector<ImportChange> changes = open.Take();
  for (ImportChange& change : comparer.Take()) {
    if (changes.size() < base::limits::kImportChanges) changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace skyden::resources
