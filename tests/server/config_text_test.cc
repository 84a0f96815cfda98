// SPDX-License-Identifier: Apache-2.0
#include "skyden/server/config_text.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/temp_dir.h"

namespace skyden::server {
namespace {

Config Loaded(const std::string& text) {
  const TempDir dir;
  std::ofstream(dir / "skyden.yaml") << text;
  ConfigSources sources;
  sources.file = dir / "skyden.yaml";
  const auto config = LoadConfig(sources);
  INFO(config.status().ToString());
  REQUIRE(config.ok());
  return *config;
}

TEST_CASE("the file to begin with has every setting and changes none", "[server][config]") {
  const std::string text = CommentedConfig({});
  for (const SettingInfo& setting : Settings()) {
    INFO(setting.key);
    CHECK(text.find("\n# " + setting.help + "\n#" + setting.key + ": ") != std::string::npos);
  }
  CHECK(PrintConfig(Loaded(text)) == PrintConfig({}));
  CHECK(Loaded(text).given.empty());
}

TEST_CASE("without its comment signs the file sets every setting to its default",
          "[server][config]") {
  std::istringstream lines(CommentedConfig({}));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool value = line.size() > 1 && line[0] == '#' && line[1] != ' ';
    text += (value ? line.substr(1) : line) + '\n';
  }
  const Config config = Loaded(text);
  CHECK(config.given.size() == Settings().size());
  CHECK(PrintConfig(config) == PrintConfig({}));
}

TEST_CASE("what was given is set in the file", "[server][config]") {
  ConfigSources sources;
  sources.flags = {{"data_dir", "/var/lib/skyden"},
                   {"audit_webhook_url", "https://u:p@example.com"},
                   {"audit_webhook_secret_file", "/dev/null"}};
  const auto config = LoadConfig(sources);
  REQUIRE(config.ok());
  const std::string text = CommentedConfig(*config);
  CHECK(text.find("\ndata_dir: /var/lib/skyden\n") != std::string::npos);
  CHECK(text.find("\n#data_dir") == std::string::npos);
  const Config read = Loaded(text);
  CHECK(read.given == config->given);
  CHECK(read.audit_webhook_url == "https://u:p@example.com");
  CHECK(ChangedSettings(*config, read).empty());
}

TEST_CASE("settings that changed are named", "[server][config]") {
  Config before;
  Config after;
  after.worker_threads = 3;
  after.http.address = "127.0.0.1:1";
  CHECK(ChangedSettings(before, after) ==
        std::vector<std::string>{"http_address", "worker_threads"});
  CHECK(ChangedSettings(before, before).empty());
}

}  // namespace
}  // namespace skyden::server
