// SPDX-License-Identifier: Apache-2.0
// The direction in which modules may include each other, checked on the text of the sources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyden::layering {

// What is wrong with the includes of one file, one line each; empty when nothing is.
// `path` is relative to the repository ("src/kds/stream.cc", "include/skyden/store/store.h").
std::vector<std::string> CheckFile(std::string_view path, std::string_view text);

// CheckFile over every source under `root`/src and `root`/include. `files` counts them.
std::vector<std::string> CheckTree(const std::string& root, size_t& files);

}  // namespace skyden::layering
