// SPDX-License-Identifier: Apache-2.0
// Text of others on its way to a terminal or into a log.
#pragma once

#include <string>
#include <string_view>

namespace skyden::base {

// `text` such that it can do nothing to a terminal and reads in the order in which it is written:
// control characters (C0, DEL, C1), line separators and what turns the direction of text are
// written as `\u001b`, bytes that are no UTF-8 as `\xff`. The rest stays as it is, backslashes too.
// What JSON allows raw in a string becomes JSON's own escape: the document says the same.
std::string Visible(std::string_view text);
// The same for text of several lines: they stay lines.
std::string VisibleLines(std::string_view text);

}  // namespace skyden::base
