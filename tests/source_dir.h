// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace skyden {

// The root of the source tree, for tests that read files of it. Compiled into one
// place only, so that the same test compiled in another folder is the same object.
std::string SourceDir();

}  // namespace skyden
