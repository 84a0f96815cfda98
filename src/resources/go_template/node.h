// SPDX-License-Identifier: Apache-2.0
// What the parser makes of a template.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "resources/go_template/value.h"

namespace skyden::resources::go_template {

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  enum class Kind {
    kText,        // text
    kList,        // children
    kAction,      // pipe
    kIf,          // pipe, list, else_list
    kWith,        // the same
    kRange,       // the same
    kTemplate,    // text: its name; pipe or nullptr
    kBreak,       //
    kContinue,    //
    kPipe,        // declared, is_assign; children: commands
    kCommand,     // children: a function or value, and arguments
    kIdentifier,  // text
    kField,       // names
    kVariable,    // names: the variable, with its $, and fields of it
    kChain,       // children: one; names: fields of it
    kDot,         //
    kNil,         //
    kBool,        // value
    kNumber,      // value, text; overflows
    kString,      // value, text: with its quotes
    kEnd,         // of a list; never in a tree
    kElse,        // the same
  };

  Kind kind = Kind::kList;
  size_t offset = 0;  // in the template
  std::string text;
  std::vector<std::string> names;
  Value value;
  bool overflows = false;  // a number that no int can hold
  bool is_assign = false;
  std::vector<NodePtr> declared;
  std::vector<NodePtr> children;
  NodePtr pipe;
  NodePtr list;
  NodePtr else_list;

  // As Go prints the tree in its complaints.
  std::string Printed() const;
};

// Nothing but space.
bool IsEmpty(const Node& list);

}  // namespace skyden::resources::go_template
