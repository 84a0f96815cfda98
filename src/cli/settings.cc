// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.h"

#include <unistd.h>

#include <string>

namespace skyden::cli {

void AddSettings(CLI::App& command, server::ConfigSources& sources,
                 const std::function<bool(std::string_view key)>& wanted) {
  command.add_option("--config", sources.file, "YAML file of settings");
  for (const server::SettingInfo& setting : server::Settings()) {
    if (!wanted(setting.key)) continue;
    const std::string flag = server::FlagOf(setting.key);
    const auto set = [&sources, key = setting.key](const std::string& value) {
      sources.flags[key] = value;
    };
    if (setting.is_switch) {
      // What it says behind a "=" is the setting's to judge.
      command.add_flag(flag, setting.help)->each(set);
    } else {
      command.add_option_function<std::string>(flag, set, setting.help)->take_last();
    }
  }
}

void ReadVariables(server::ConfigSources& sources) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (text.substr(0, 7) != "SKYDEN_" || equals == std::string_view::npos) continue;
    sources.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
}

}  // namespace skyden::cli
