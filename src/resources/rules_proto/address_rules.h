// SPDX-License-Identifier: Apache-2.0
// Rules on addresses that several types share.
#pragma once

#include <cstdint>
#include <string_view>

#include "resources/rules_proto/report.h"

namespace skyden::resources::rules_proto {

// `address` field of a proxy, reported under `path`.address.
void CheckAddress(const Path& path, std::string_view address, Report& report);
void CheckPort(const Path& path, uint32_t port, Report& report);
// "*", "*.domain" or a domain in lower case.
void CheckHostname(const Path& path, std::string_view hostname, Report& report);

}  // namespace skyden::resources::rules_proto
