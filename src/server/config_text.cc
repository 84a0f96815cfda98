// SPDX-License-Identifier: Apache-2.0
#include "skyden/server/config_text.h"

#include "fmt/format.h"
#include "server/config_file.h"
#include "server/settings.h"

namespace skyden::server {
namespace {

constexpr char kHead[] =
    "# Settings of Skyden. Each can stand here, in the environment (SKYDEN_HTTP_ADDRESS), or on "
    "the\n"
    "# command line (--http-address); later ones win. A setting behind a \"#\" shows its default:\n"
    "# remove the \"#\" to change it. \"skyden serve --print-config\" prints what is in effect.\n";

std::string Line(const Setting& setting, const Config& config) {
  return fmt::format("{}: {}", setting.key, YamlScalar(setting.print(config)));
}

}  // namespace

std::string CommentedConfig(const Config& config) {
  const Config defaults;
  std::string text = kHead;
  for (const Setting& setting : MakeSettings()) {
    const bool given = config.given.contains(setting.key);
    text += fmt::format("\n# {}\n{}{}\n", setting.help, given ? "" : "#",
                        Line(setting, given ? config : defaults));
  }
  return text;
}

std::vector<std::string> ChangedSettings(const Config& before, const Config& after) {
  std::vector<std::string> changed;
  for (const Setting& setting : MakeSettings()) {
    if (setting.print(before) != setting.print(after)) changed.push_back(setting.key);
  }
  return changed;
}

std::vector<SettingDefault> SettingDefaults() {
  const Config defaults;
  std::vector<SettingDefault> all;
  for (const Setting& setting : MakeSettings()) {
    all.push_back({setting.key, setting.help, YamlScalar(setting.print(defaults))});
  }
  return all;
}

}  // namespace skyden::server
