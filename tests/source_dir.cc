// SPDX-License-Identifier: Apache-2.0
#include "tests/source_dir.h"

namespace skyden {

std::string SourceDir() { return SKYDEN_SOURCE_DIR; }

}  // namespace skyden
