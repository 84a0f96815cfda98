// SPDX-License-Identifier: Apache-2.0
// Checks that span several settings, or look at what a setting names.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "skyden/server/config.h"

namespace skyden::server {

// INVALID_ARGUMENT: what is wrong with the setting `key`.
absl::Status WrongSetting(std::string_view key, std::string_view why);

// What a file that holds one secret says; empty when it cannot be read.
std::string FirstLineOf(const std::string& path);

// INVALID_ARGUMENT for the first thing that does not fit. Looks whether files can be read.
absl::Status CheckTogether(const Config& config);

}  // namespace skyden::server
