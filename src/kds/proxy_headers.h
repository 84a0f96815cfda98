// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "skyden/rpc/message.h"

namespace skyden::kds {

// The first header that a proxy which reads HTTP has left on a call; empty when there is none. Who
// opened a call that has one is not who opened its connection.
std::string_view ProxyHeaderOf(const rpc::Metadata& metadata);

}  // namespace skyden::kds
