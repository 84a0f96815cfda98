// SPDX-License-Identifier: Apache-2.0
// The settings as text: for an operator to begin with, and to say what changed.
#pragma once

#include <string>
#include <vector>

#include "skyden/server/config.h"

namespace skyden::server {

// As a YAML file to be edited: every setting with what it means. What was given in `config` is set;
// everything else is a comment with its default. LoadConfig reads it back as `config`.
std::string CommentedConfig(const Config& config);

// Keys of the settings whose values differ, in the table's order.
std::vector<std::string> ChangedSettings(const Config& before, const Config& after);

// One setting: what a manual says of it.
struct SettingDefault {
  std::string key;
  std::string help;
  std::string value;  // the default, as it would stand in the file
};
std::vector<SettingDefault> SettingDefaults();

}  // namespace skyden::server
