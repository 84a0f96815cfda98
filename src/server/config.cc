// SPDX-License-Identifier: Apache-2.0
// File, environment and flags are three ways to bring text to the table of settings.
#include "skyden/server/config.h"

#include <algorithm>

#include "fmt/format.h"
#include "server/config_checks.h"
#include "server/config_file.h"
#include "server/settings.h"
#include "skyden/base/nearest.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::server {
namespace {

const Setting* Find(const std::vector<Setting>& table, std::string_view key) {
  const auto found =
      std::find_if(table.begin(), table.end(), [key](const Setting& s) { return s.key == key; });
  return found == table.end() ? nullptr : &*found;
}

absl::Status NoSuchSetting(std::string_view place, std::string_view key,
                           const std::vector<Setting>& table) {
  std::vector<std::string> known;
  for (const Setting& setting : table) known.push_back(setting.key);
  return WrongSetting(place, "there is no such setting; " + base::NearestWord(key, known));
}

absl::Status At(std::string_view place, const absl::Status& status) {
  return WrongSetting(place, base::ToStd(status.message()));
}

}  // namespace

std::vector<SettingInfo> Settings() {
  std::vector<SettingInfo> settings;
  for (Setting& s : MakeSettings()) {
    settings.push_back({std::move(s.key), std::move(s.help), s.is_switch});
  }
  return settings;
}

std::string FlagOf(std::string_view key) {
  std::string flag = "--";
  for (const char c : key) flag += c == '_' ? '-' : c;
  return flag;
}

std::string EnvironmentOf(std::string_view key) {
  std::string name = "SKYDEN_";
  for (const char c : key) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

namespace {

absl::StatusOr<Config> Load(const ConfigSources& sources) {
  const std::vector<Setting> table = MakeSettings();
  Config config;
  if (!sources.file.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto lines, ReadConfigFile(sources.file));
    for (const ConfigLine& line : lines) {
      const std::string place = fmt::format("{}:{}: {}", sources.file, line.number, line.key);
      const Setting* setting = Find(table, line.key);
      if (setting == nullptr) return NoSuchSetting(place, line.key, table);
      if (auto set = setting->set(config, line.value); !set.ok()) return At(place, set);
      config.given.insert(line.key);
    }
  }
  for (const Setting& setting : table) {
    const std::string variable = EnvironmentOf(setting.key);
    const auto value = sources.environment.find(variable);
    if (value == sources.environment.end()) continue;
    if (auto set = setting.set(config, value->second); !set.ok()) return At(variable, set);
    config.given.insert(setting.key);
  }
  for (const auto& [key, value] : sources.flags) {
    const Setting* setting = Find(table, key);
    if (setting == nullptr) return NoSuchSetting(FlagOf(key), key, table);
    if (auto set = setting->set(config, value); !set.ok()) return At(FlagOf(key), set);
    config.given.insert(key);
  }
  SKYDEN_RETURN_IF_ERROR(CheckTogether(config));
  return config;
}

// Errors quote what was given, and that may hold anything.
absl::Status InOneLine(const absl::Status& status) {
  std::string line;
  for (const char c : base::ToStd(status.message())) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  return absl::InvalidArgumentError(line);
}

}  // namespace

absl::StatusOr<Config> LoadConfig(const ConfigSources& sources) {
  auto config = Load(sources);
  if (!config.ok()) return InOneLine(config.status());
  return config;
}

std::string PrintConfig(const Config& config) {
  std::string text;
  for (const Setting& setting : MakeSettings()) {
    text += fmt::format("{}: {}\n", setting.key, YamlScalar(MaskUserinfo(setting.print(config))));
  }
  return text;
}

std::vector<UnknownVariable> UnknownVariables(
    const std::map<std::string, std::string>& environment) {
  const std::vector<Setting> table = MakeSettings();
  std::vector<UnknownVariable> unknown;
  for (const auto& [name, value] : environment) {
    const bool known = std::any_of(table.begin(), table.end(), [&name = name](const Setting& s) {
      return EnvironmentOf(s.key) == name;
    });
    // What clients read, and what Kubernetes sets for a Service named skyden.
    const bool other = name == "SKYDEN_ADDRESS" || name == "SKYDEN_TOKEN" ||
                       name == "SKYDEN_CA_FILE" || name == "SKYDEN_UPDATE_GOLDEN" ||
                       name.rfind("SKYDEN_SERVICE_", 0) == 0 || name.rfind("SKYDEN_PORT", 0) == 0;
    if (known || other) continue;
    std::vector<std::string> variables;
    for (const Setting& setting : table) variables.push_back(EnvironmentOf(setting.key));
    unknown.push_back({name, base::NearestWord(name, variables)});
  }
  return unknown;
}

}  // namespace skyden::server
