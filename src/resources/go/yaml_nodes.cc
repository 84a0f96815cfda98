// SPDX-License-Identifier: Apache-2.0
// libyaml is what Go's YAML was made from, so that both take the same texts for YAML, and say the
// same of the others. Its events are put together here as Go does: an anchor may be set again, and
// an alias means the last one before it, be it within what it names.
#include "resources/go/yaml_nodes.h"

#include <fmt/format.h>
#include <yaml.h>

#include <algorithm>
#include <map>
#include <utility>

#include "skyden/base/limits.h"

namespace skyden::resources {
namespace {

class Event {
 public:
  Event() = default;
  ~Event() { yaml_event_delete(&event_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  yaml_event_t* out() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

// Directives stand at the beginning of a line; what ends one, seen from behind.
bool MayEndLine(char c) {
  return c == '\n' || c == '\r' || c == '\x85' || c == '\xA8' || c == '\xA9' || c == '\xBF';
}

bool HasTooManyDirectives(std::string_view text) {
  constexpr std::string_view kDirective = "%TAG";
  size_t count = 0;
  for (size_t at = text.find(kDirective); at != std::string_view::npos;
       at = text.find(kDirective, at + 1)) {
    if (at == 0 || MayEndLine(text[at - 1])) ++count;
  }
  return count > base::limits::kYamlTagDirectives;
}

std::string TextOf(const yaml_char_t* text) {
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

}  // namespace

class YamlNodes::Impl {
 public:
  Impl(std::string_view text, size_t nodes_max, size_t depth_max)
      : text_(text), nodes_max_(nodes_max), depth_max_(depth_max) {
    ready_ = yaml_parser_initialize(&parser_) == 1;
    if (!ready_) return;
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                 text_.size());
  }
  ~Impl() {
    if (ready_) yaml_parser_delete(&parser_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::optional<YamlProblem> Next(YamlTree& tree) {
    tree = YamlTree();
    tree_ = &tree;
    anchors_.clear();
    open_.clear();
    if (HasTooManyDirectives(text_)) return YamlProblem{1, "too many %TAG directives"};
    while (ready_) {
      Event event;
      if (yaml_parser_parse(&parser_, event.out()) == 0) return ParserProblem();
      if (event->type == YAML_STREAM_END_EVENT) break;
      if (event->type == YAML_DOCUMENT_END_EVENT) return std::nullopt;
      if (auto problem = Take(event)) return problem;
    }
    tree.root = nullptr;
    if (!ready_) return YamlProblem{0, "out of memory"};
    return std::nullopt;
  }

 private:
  std::optional<YamlProblem> Take(const Event& event) {
    switch (event->type) {
      case YAML_DOCUMENT_START_EVENT:
        return CheckVersion(event);
      case YAML_ALIAS_EVENT:
        return TakeAlias(event);
      case YAML_SCALAR_EVENT:
        return TakeScalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return Open(event, YamlNode::Kind::kSequence, event->data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return Open(event, YamlNode::Kind::kMapping, event->data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        open_.pop_back();
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  // libyaml also takes 1.2.
  static std::optional<YamlProblem> CheckVersion(const Event& event) {
    const yaml_version_directive_t* const version = event->data.document_start.version_directive;
    if (version == nullptr || (version->major == 1 && version->minor == 1)) return std::nullopt;
    return YamlProblem{event->start_mark.line + 1, "found incompatible YAML document"};
  }

  std::optional<YamlProblem> TakeAlias(const Event& event) {
    YamlNode& node = Add(event, YamlNode::Kind::kAlias);
    node.value = TextOf(event->data.alias.anchor);
    const auto found = anchors_.find(node.value);
    if (found == anchors_.end()) {
      return YamlProblem{node.line,
                         fmt::format("unknown anchor '{}' referenced", node.value.substr(0, 100))};
    }
    node.alias = found->second;
    return CheckCount(node);
  }

  std::optional<YamlProblem> TakeScalar(const Event& event) {
    YamlNode& node = Add(event, YamlNode::Kind::kScalar);
    const auto& scalar = event->data.scalar;
    node.value.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
    node.tag = TextOf(scalar.tag);
    node.style = scalar.plain_implicit != 0 ? YamlStyle::kPlain : YamlStyle::kQuoted;
    Name(scalar.anchor, node);
    return CheckCount(node);
  }

  std::optional<YamlProblem> Open(const Event& event, YamlNode::Kind kind,
                                  const yaml_char_t* anchor) {
    YamlNode& node = Add(event, kind);
    Name(anchor, node);
    open_.push_back(&node);
    if (open_.size() > depth_max_) {
      return YamlProblem{node.line, fmt::format("nested deeper than {}", depth_max_)};
    }
    return CheckCount(node);
  }

  YamlNode& Add(const Event& event, YamlNode::Kind kind) {
    YamlNode& node = tree_->nodes.emplace_back();
    node.kind = kind;
    node.line = event->start_mark.line + 1;
    if (!open_.empty()) {
      open_.back()->children.push_back(&node);
    } else {
      tree_->root = &node;
    }
    return node;
  }

  void Name(const yaml_char_t* anchor, const YamlNode& node) {
    if (anchor != nullptr) anchors_[TextOf(anchor)] = &node;
  }

  std::optional<YamlProblem> CheckCount(const YamlNode& node) const {
    if (tree_->nodes.size() <= nodes_max_) return std::nullopt;
    return YamlProblem{node.line, fmt::format("more than {} values in one document", nodes_max_)};
  }

  YamlProblem ParserProblem() const {
    const std::string why = parser_.problem == nullptr ? "this is not YAML" : parser_.problem;
    if (parser_.error != YAML_READER_ERROR) return {parser_.problem_mark.line + 1, why};
    const size_t at = std::min(parser_.problem_offset, text_.size());
    return {1 + static_cast<size_t>(
                    std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(at), '\n')),
            why};
  }

  const std::string_view text_;
  const size_t nodes_max_;
  const size_t depth_max_;
  bool ready_ = false;
  yaml_parser_t parser_{};
  YamlTree* tree_ = nullptr;  // while Next runs
  std::map<std::string, const YamlNode*, std::less<>> anchors_;
  std::vector<YamlNode*> open_;
};

YamlNodes::YamlNodes(std::string_view text, size_t nodes_max, size_t depth_max)
    : impl_(std::make_unique<Impl>(text, nodes_max, depth_max)) {}
YamlNodes::~YamlNodes() = default;

std::optional<YamlProblem> YamlNodes::Next(YamlTree& tree) { return impl_->Next(tree); }

}  // namespace skyden::resources
