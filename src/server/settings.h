// SPDX-License-Identifier: Apache-2.0
// The table of all settings: how the text of each is read, and printed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/server/config.h"

namespace skyden::server {

struct Setting {
  std::string key;
  std::string help;
  bool is_switch = false;
  // INVALID_ARGUMENT says what the text should have been, without the key.
  std::function<absl::Status(Config&, const std::string& text)> set;
  std::function<std::string(const Config&)> print;
};

// In the order in which they are printed.
std::vector<Setting> MakeSettings();

}  // namespace skyden::server
