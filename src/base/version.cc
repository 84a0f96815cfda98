// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/version.h"

namespace skyden::base {

std::string_view Version() { return SKYDEN_VERSION; }

}  // namespace skyden::base
