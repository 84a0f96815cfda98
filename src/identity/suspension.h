// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "skyden/store/records.h"

namespace skyden::identity {

// "the control plane is suspended (reason) until 2030-01-01T00:00:00Z".
std::string DescribeSuspension(const store::Suspension& suspension);

}  // namespace skyden::identity
