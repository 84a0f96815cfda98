// SPDX-License-Identifier: Apache-2.0
// Two trees are walked side by side; a member that one side lacks is one place, not one for each
// leaf below it. Masking happens while values are written, so that no secret is ever in the text.
#include "resources/write/audit_detail.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "resources/json/value.h"
#include "skyden/base/limits.h"

namespace skyden::resources {
namespace {

using json::Value;
namespace limits = base::limits;

constexpr std::string_view kMask = "***";

// Times of every resource; what else is computed from its name would only repeat.
constexpr std::array<std::string_view, 4> kLeftOut = {"creationTime", "modificationTime", "kri",
                                                      "snis"};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ContainsWord(std::string_view name, std::string_view word) {
  const auto found = std::search(name.begin(), name.end(), word.begin(), word.end(),
                                 [](char a, char b) { return Lower(a) == b; });
  return found != name.end();
}

bool HoldsSecret(std::string_view name) {
  for (const std::string_view word :
       {"inline", "password", "secret", "token", "privatekey", "private_key", "credential"}) {
    if (ContainsWord(name, word)) return true;
  }
  return false;
}

// A member that may be shown below one that may not is not shown either.
class Mask {
 public:
  explicit Mask(bool is_secret) : is_secret_(is_secret) {}
  bool Covers(std::string_view name) const {
    return HoldsSecret(name) || (is_secret_ && name == "data");
  }

 private:
  const bool is_secret_;
};

void AppendMasked(const Value& value, const Mask& mask, std::string& out) {
  if (value.kind == Value::Kind::kArray) {
    out += '[';
    for (const Value& item : value.items) {
      if (out.back() != '[') out += ',';
      AppendMasked(item, mask, out);
    }
    out += ']';
    return;
  }
  if (value.kind != Value::Kind::kObject) return json::AppendValue(value, out);
  out += '{';
  for (const json::Member& member : value.members) {
    if (out.back() != '{') out += ',';
    json::AppendString(member.name, out);
    out += ':';
    if (mask.Covers(member.name) && !member.value.IsNull()) {
      json::AppendString(kMask, out);
    } else {
      AppendMasked(member.value, mask, out);
    }
  }
  out += '}';
}

void DropLeftOut(Value& root) {
  std::erase_if(root.members, [](const json::Member& member) {
    return std::find(kLeftOut.begin(), kLeftOut.end(), member.name) != kLeftOut.end();
  });
}

// RFC 6901.
std::string PathOf(std::string_view parent, std::string_view name) {
  std::string path(parent);
  path += '/';
  for (const char c : name) {
    if (c == '~') {
      path += "~0";
    } else if (c == '/') {
      path += "~1";
    } else {
      path += c;
    }
  }
  return path;
}

bool Same(const Value& a, const Value& b) {
  std::string a_text;
  std::string b_text;
  json::AppendValue(a, a_text);
  json::AppendValue(b, b_text);
  return a_text == b_text;
}

class Diff {
 public:
  explicit Diff(const Mask& mask) : mask_(mask) {}

  void Compare(const std::string& path, const Value& before, const Value& after) {
    using Kind = Value::Kind;
    if (before.kind == Kind::kObject && after.kind == Kind::kObject) {
      return CompareMembers(path, before, after);
    }
    if (before.kind == Kind::kArray && after.kind == Kind::kArray) {
      return CompareItems(path, before, after);
    }
    if (!Same(before, after)) Add(path, &before, &after);
  }

  std::string Take() {
    std::string out = R"({"changes":[)" + changes_ + "]";
    if (more_ > 0) out += fmt::format(R"(,"more":{})", more_);
    return out + "}";
  }

 private:
  void CompareMembers(const std::string& path, const Value& before, const Value& after) {
    for (const json::Member& member : before.members) {
      const Value* other = after.Find(member.name);
      const std::string place = PathOf(path, member.name);
      if (mask_.Covers(member.name)) {
        if (other == nullptr || !Same(member.value, *other)) AddSecret(place);
      } else if (other == nullptr) {
        Add(place, &member.value, nullptr);
      } else {
        Compare(place, member.value, *other);
      }
    }
    for (const json::Member& member : after.members) {
      if (before.Find(member.name) != nullptr) continue;
      const std::string place = PathOf(path, member.name);
      if (mask_.Covers(member.name)) {
        AddSecret(place);
      } else {
        Add(place, nullptr, &member.value);
      }
    }
  }

  void CompareItems(const std::string& path, const Value& before, const Value& after) {
    const size_t both = std::min(before.items.size(), after.items.size());
    for (size_t i = 0; i < std::max(before.items.size(), after.items.size()); ++i) {
      const std::string place = fmt::format("{}/{}", path, i);
      if (i < both) {
        Compare(place, before.items[i], after.items[i]);
      } else {
        Add(place, i < before.items.size() ? &before.items[i] : nullptr,
            i < after.items.size() ? &after.items[i] : nullptr);
      }
    }
  }

  // False when there is no room for another.
  bool Begin(const std::string& path) {
    if (count_ >= limits::kAuditChanges || changes_.size() > limits::kAuditDetailBytes / 2) {
      ++more_;
      return false;
    }
    if (count_++ > 0) changes_ += ',';
    changes_ += R"({"path":)";
    json::AppendString(path, changes_);
    return true;
  }

  void Add(const std::string& path, const Value* before, const Value* after) {
    if (!Begin(path)) return;
    AddSide("before", before);
    AddSide("after", after);
    changes_ += '}';
  }

  void AddSide(std::string_view side, const Value* value) {
    if (value == nullptr) return;
    std::string text;
    AppendMasked(*value, mask_, text);
    if (text.size() > limits::kAuditDetailBytes / 8) {
      text = fmt::format(R"({{"omitted_bytes":{}}})", text.size());
    }
    changes_ += fmt::format(R"(,"{}":{})", side, text);
  }

  void AddSecret(const std::string& path) {
    if (Begin(path)) {
      changes_ += fmt::format(R"(,"before":"{}","after":"{}","secret":true}})", kMask, kMask);
    }
  }

  const Mask& mask_;
  std::string changes_;
  size_t count_ = 0;
  size_t more_ = 0;
};

std::string Bounded(std::string_view side, const std::string& view) {
  if (view.size() + 16 <= limits::kAuditDetailBytes)
    return fmt::format(R"({{"{}":{}}})", side, view);
  return fmt::format(R"({{"{}":{{"omitted_bytes":{}}}}})", side, view.size());
}

}  // namespace

std::string AuditView(const ResourceCodec& codec, const model::TypeDescriptor& type,
                      const model::Resource& resource) {
  const std::string text = codec.RenderUniversal(resource);
  auto document = json::Document::Parse(text);
  if (!document.ok()) return "{}";
  DropLeftOut(document->root());
  std::string view;
  view.reserve(text.size());
  AppendMasked(document->root(), Mask(type.is_secret), view);
  return view;
}

std::string AuditCreated(const std::string& view) { return Bounded("after", view); }
std::string AuditDeleted(const std::string& view) { return Bounded("before", view); }

std::string AuditUpdated(const ResourceCodec& codec, const model::TypeDescriptor& type,
                         const model::Resource& before, const model::Resource& after) {
  const std::string before_text = codec.RenderUniversal(before);
  const std::string after_text = codec.RenderUniversal(after);
  auto old_document = json::Document::Parse(before_text);
  auto new_document = json::Document::Parse(after_text);
  if (!old_document.ok() || !new_document.ok()) return "";
  DropLeftOut(old_document->root());
  DropLeftOut(new_document->root());
  const Mask mask(type.is_secret);
  Diff diff(mask);
  diff.Compare("", old_document->root(), new_document->root());
  return diff.Take();
}

store::AuditNote ResourceNote(absl::Time at, const char* action, const model::TypeDescriptor& type,
                              const model::ResourceKey& key, std::string detail) {
  std::string name = key.mesh.empty() ? key.name : fmt::format("{}/{}", key.mesh, key.name);
  return {at, action, type.name, std::move(name), std::move(detail)};
}

}  // namespace skyden::resources
