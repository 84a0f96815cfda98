// SPDX-License-Identifier: Apache-2.0
// One line per event, key=value. Never tokens, specs or bodies.
//
//   Log(Level::info, "zone connected", {{"cp", id.str()}, {"zone", zone.str()}});
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace skyden::telemetry {

enum class Level { debug, info, warning, error };

// Writes to standard error. Thread-safe. Values are quoted when they need it; control characters
// are escaped, and each value is cut at 1 KiB.
void Log(Level level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> fields = {});
void SetLogLevel(Level level);
bool ParseLogLevel(std::string_view text, Level& level);
bool Enabled(Level level);

}  // namespace skyden::telemetry
