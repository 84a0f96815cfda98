// SPDX-License-Identifier: Apache-2.0
// The part of Go's text/template that the host and port of a VirtualOutbound are written in:
// text with `{{.name}}` in it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace skyden::resources::rules {

struct TemplateOutcome {
  enum class Kind {
    kText,        // `text` is the result
    kParseError,  // `text` is what Go says
    kRunError,    // the same
    kBeyondUs,    // conditions, functions: legal, but not evaluated here
  };
  Kind kind = Kind::kText;
  std::string text;
};

// A name that `values` lacks reads `<no value>`.
TemplateOutcome RunTemplate(std::string_view source,
                            const std::map<std::string, std::string, std::less<>>& values);

}  // namespace skyden::resources::rules
