// SPDX-License-Identifier: Apache-2.0
// Values are printed one behind the other as they come; a mapping sorts those of its members when
// it closes, and of equal names keeps the last. So a merge key is nothing but more members: like
// Go's, it overrides what stands before it and is overridden by what stands behind it. Everything
// is bounded by what is printed and by how many nodes are visited.
#include "resources/go/yaml.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "resources/go/text.h"
#include "resources/go/yaml_scalar.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"

namespace skyden::resources {
namespace {

namespace limits = base::limits;
using Kind = YamlNode::Kind;

constexpr std::string_view kMergeTag = "tag:yaml.org,2002:merge";
constexpr std::string_view kWrongMerge = "map merge requires map or sequence of maps as the value";

std::string Short(std::string_view text) { return GoQuote(text.substr(0, 100)); }

bool IsMerge(const YamlNode& key) {
  return key.kind == Kind::kScalar && key.value == "<<" &&
         (key.style == YamlStyle::kPlain || key.tag == kMergeTag);
}

// Go's bound on texts that are little but aliases.
bool IsAliasing(size_t aliased, size_t visited) {
  constexpr size_t kLow = 400'000;
  constexpr size_t kHigh = 4'000'000;
  if (aliased <= 100 || visited <= 1000) return false;
  double allowed = 0.99;
  if (visited > kLow) {
    const double over = static_cast<double>(std::min(visited, kHigh) - kLow);
    allowed -= 0.89 * over / static_cast<double>(kHigh - kLow);
  }
  return static_cast<double>(aliased) > allowed * static_cast<double>(visited);
}

class Printer {
 public:
  explicit Printer(const YamlRules& rules) : rules_(rules) {}

  bool Print(const YamlNode& node) {
    if (!Visit(node)) return false;
    switch (node.kind) {
      case Kind::kAlias:
        return Follow(node, [this](const YamlNode& target) { return Print(target); });
      case Kind::kSequence:
        return PrintSequence(node);
      case Kind::kMapping:
        return PrintMapping(node);
      case Kind::kScalar:
        break;
    }
    return PrintScalar(node);
  }

  std::string TakeText() { return std::move(out_); }
  YamlProblem TakeProblem() { return std::move(problem_); }

 private:
  struct Member {
    std::string name;
    size_t from = 0;  // of its value in out_
    size_t bytes = 0;
  };
  using Members = std::vector<Member>;

  bool Fail(const YamlNode& node, std::string_view why) {
    problem_ = {outermost_alias_ == nullptr ? node.line : outermost_alias_->line, std::string(why)};
    return false;
  }

  bool Visit(const YamlNode& node) {
    ++visited_;
    if (outermost_alias_ != nullptr) ++aliased_;
    if (IsAliasing(aliased_, visited_)) return Fail(node, "document contains excessive aliasing");
    if (visited_ > rules_.nodes_max) {
      return Fail(node, fmt::format("more than {} values in one document", rules_.nodes_max));
    }
    if (out_.size() > rules_.json_bytes_max) {
      return Fail(node, fmt::format("the document is over {} bytes", rules_.json_bytes_max));
    }
    if (depth_ > static_cast<size_t>(limits::kJsonDepth)) {
      return Fail(node, fmt::format("nested deeper than {}", limits::kJsonDepth));
    }
    return true;
  }

  template <typename Then>
  bool Follow(const YamlNode& alias, Then then) {
    if (!following_.insert(&alias).second) {
      return Fail(alias, fmt::format("anchor {} contains itself", Short(alias.value)));
    }
    const YamlNode* const outer = outermost_alias_;
    if (outer == nullptr) outermost_alias_ = &alias;
    const bool done = then(*alias.alias);
    outermost_alias_ = outer;
    following_.erase(&alias);
    return done;
  }

  bool PrintScalar(const YamlNode& node) {
    const auto scalar = ResolveYamlScalar(node.tag, node.style, node.value);
    if (!scalar.ok()) return Fail(node, base::ToStd(scalar.status().message()));
    const auto json = YamlScalarToJson(*scalar);
    if (!json) return Fail(node, fmt::format("{} has no place in JSON", Short(node.value)));
    out_ += *json;
    return true;
  }

  bool PrintSequence(const YamlNode& node) {
    ++depth_;
    out_ += '[';
    bool first = true;
    for (const YamlNode* const child : node.children) {
      if (!std::exchange(first, false)) out_ += ',';
      if (!Print(*child)) return false;
    }
    out_ += ']';
    --depth_;
    return true;
  }

  bool PrintMapping(const YamlNode& node) {
    ++depth_;
    const size_t from = out_.size();
    Members members;
    if (!AddMembers(node, members)) return false;
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.name < b.name; });
    std::string sorted = "{";
    for (size_t i = 0; i < members.size(); ++i) {
      if (i + 1 < members.size() && members[i + 1].name == members[i].name) continue;
      if (sorted.size() > 1) sorted += ',';
      sorted += GoJsonString(members[i].name);
      sorted += ':';
      sorted.append(out_, members[i].from, members[i].bytes);
    }
    sorted += '}';
    out_.resize(from);
    out_ += sorted;
    --depth_;
    return true;
  }

  bool AddMembers(const YamlNode& mapping, Members& members) {
    std::set<std::string, std::less<>> own;
    for (size_t i = 0; i + 1 < mapping.children.size(); i += 2) {
      const YamlNode& key = *mapping.children[i];
      const YamlNode& value = *mapping.children[i + 1];
      if (IsMerge(key)) {
        if (!Merge(value, members)) return false;
        continue;
      }
      Member member;
      if (!Visit(key) || !NameOf(key, member.name)) return false;
      if (rules_.duplicates == YamlRules::Duplicates::kRefused && !own.insert(member.name).second) {
        return Fail(key, fmt::format("the key {} comes twice", Short(member.name)));
      }
      member.from = out_.size();
      if (!Print(value)) return false;
      member.bytes = out_.size() - member.from;
      members.push_back(std::move(member));
    }
    return true;
  }

  bool NameOf(const YamlNode& key, std::string& name) {
    const YamlNode& node = key.kind == Kind::kAlias ? *key.alias : key;
    if (node.kind != Kind::kScalar) return Fail(key, "a key is not a plain value");
    const auto scalar = ResolveYamlScalar(node.tag, node.style, node.value);
    if (!scalar.ok()) return Fail(key, base::ToStd(scalar.status().message()));
    auto text = YamlScalarToKey(*scalar);
    if (!text) return Fail(key, fmt::format("{} cannot be a key", Short(node.value)));
    name = *std::move(text);
    return true;
  }

  bool Merge(const YamlNode& value, Members& members) {
    if (value.kind == Kind::kSequence) {
      // Those that come first win.
      for (size_t i = value.children.size(); i > 0; --i) {
        if (!MergeOne(*value.children[i - 1], members)) return false;
      }
      return true;
    }
    return MergeOne(value, members);
  }

  bool MergeOne(const YamlNode& value, Members& members) {
    if (!Visit(value)) return false;
    if (value.kind == Kind::kMapping) return AddMembers(value, members);
    if (value.kind != Kind::kAlias || value.alias->kind != Kind::kMapping) {
      return Fail(value, kWrongMerge);
    }
    return Follow(value, [&](const YamlNode& target) {
      return Visit(target) && AddMembers(target, members);
    });
  }

  const YamlRules& rules_;
  std::string out_;
  YamlProblem problem_;
  std::set<const YamlNode*> following_;  // aliases on the way from the root to here
  const YamlNode* outermost_alias_ = nullptr;
  size_t depth_ = 0;
  size_t visited_ = 0;
  size_t aliased_ = 0;
};

absl::Status ToStatus(const YamlProblem& problem) {
  return absl::InvalidArgumentError(fmt::format("line {}: {}", problem.line, problem.text));
}

}  // namespace

std::optional<YamlProblem> YamlToJson(const YamlTree& tree, const YamlRules& rules,
                                      std::string& json) {
  Printer printer(rules);
  if (!printer.Print(*tree.root)) return printer.TakeProblem();
  json = printer.TakeText();
  if (json.size() <= rules.json_bytes_max) return std::nullopt;
  return YamlProblem{tree.root->line,
                     fmt::format("the document is over {} bytes", rules.json_bytes_max)};
}

absl::StatusOr<std::string> YamlToJson(std::string_view text) {
  YamlRules rules;
  rules.nodes_max = limits::kImportDocumentNodes;
  rules.json_bytes_max = limits::kSpecBytes;
  YamlNodes nodes(text, rules.nodes_max, limits::kJsonDepth);
  YamlTree tree;
  if (const auto problem = nodes.Next(tree)) return ToStatus(*problem);
  if (tree.root == nullptr) return "null";
  std::string json;
  if (const auto problem = YamlToJson(tree, rules, json)) return ToStatus(*problem);
  return json;
}

}  // namespace skyden::resources
