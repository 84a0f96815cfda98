// SPDX-License-Identifier: Apache-2.0
// Kinds of findings by name, for those who find.
#pragma once

#include <string_view>

#include "skyden/upgrade/finding.h"

namespace skyden::upgrade {

// Never null: an id that there is not ends the program.
const Kind* KindNamed(std::string_view id);

}  // namespace skyden::upgrade
