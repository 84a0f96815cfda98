// SPDX-License-Identifier: Apache-2.0
// Small rules that the proxies' types share.
#pragma once

#include <string_view>

#include "resources/rules_proto/report.h"

namespace skyden::resources::rules_proto {

bool IsTcp(std::string_view protocol);
// 127.0.0.1, or an address that stands for all of them.
bool IsOnLoopback(std::string_view address);
// A lower-case RFC 1123 subdomain.
void CheckIdentifier(const Path& path, std::string_view identifier, Report& report);

}  // namespace skyden::resources::rules_proto
