// SPDX-License-Identifier: Apache-2.0
// A YAML text as nodes, before anything of it is given a meaning.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resources/go/yaml_scalar.h"

namespace skyden::resources {

struct YamlNode {
  enum class Kind { kScalar, kSequence, kMapping, kAlias };
  Kind kind = Kind::kScalar;
  YamlStyle style = YamlStyle::kQuoted;
  size_t line = 0;                        // from 1
  std::string tag;                        // in full, or ""
  std::string value;                      // text of a scalar, name of an alias
  const YamlNode* alias = nullptr;        // what an alias stands for
  std::vector<const YamlNode*> children;  // of a mapping: key, value, key, value...
};

// Where and why a text is not taken.
struct YamlProblem {
  size_t line = 0;  // from 1; 0: not known
  std::string text;
};

// One document. Owns its nodes.
struct YamlTree {
  std::deque<YamlNode> nodes;
  const YamlNode* root = nullptr;  // nullptr: the stream is at its end
};

// Reads the documents of a text one by one. The text outlives it.
class YamlNodes {
 public:
  // At most `nodes_max` nodes a document, nested no deeper than `depth_max`.
  YamlNodes(std::string_view text, size_t nodes_max, size_t depth_max);
  ~YamlNodes();

  YamlNodes(const YamlNodes&) = delete;
  YamlNodes& operator=(const YamlNodes&) = delete;

  // The next document. On a problem nothing more can be read.
  std::optional<YamlProblem> Next(YamlTree& tree);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::resources
