// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skyden::preview {

// The lines of two texts, each behind "- " (only before), "+ " (only after) or "  " (both, within
// three lines of one that is not), with "@@" where lines are left out. Empty when they are the
// same. Where more than limits::kDiffLines differ, all of them are shown as other.
std::string LineDiff(std::string_view before, std::string_view after);

}  // namespace skyden::preview
