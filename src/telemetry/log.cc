// SPDX-License-Identifier: Apache-2.0
// One spdlog logger on standard error. The line is built here so that quoting is ours: a value that
// came from outside can neither break a line nor forge a key.
#include "skyden/telemetry/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "skyden/base/visible.h"

namespace skyden::telemetry {
namespace {

constexpr size_t kValueBytesMax = 1024;

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// The process has one standard error; this is its one writer.
spdlog::logger& Logger() {
  static const std::shared_ptr<spdlog::logger> logger = [] {
    auto made = std::make_shared<spdlog::logger>("skyden",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z level=%l %v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *logger;
}

bool NeedsQuotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (c == ' ' || c == '"' || c == '=' || c == '\\') return true;
  }
  return false;
}

std::string WithEscapedQuotes(std::string_view value) {
  std::string escaped;
  for (const char c : value) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

void AppendValue(std::string& line, std::string_view value) {
  value = value.substr(0, kValueBytesMax);
  const bool quotes = NeedsQuotes(value);
  const std::string visible = base::Visible(quotes ? WithEscapedQuotes(value) : value);
  line += quotes || visible != value ? '"' + visible + '"' : visible;
}

}  // namespace

void SetLogLevel(Level level) { Logger().set_level(ToSpdlog(level)); }

bool ParseLogLevel(std::string_view text, Level& level) {
  if (text == "debug") return level = Level::debug, true;
  if (text == "info") return level = Level::info, true;
  if (text == "warning" || text == "warn") return level = Level::warning, true;
  if (text == "error") return level = Level::error, true;
  return false;
}

bool Enabled(Level level) { return Logger().should_log(ToSpdlog(level)); }

void Log(Level level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, std::string>> fields) {
  if (!Enabled(level)) return;
  std::string line = "event=";
  AppendValue(line, event);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    AppendValue(line, value);
  }
  Logger().log(ToSpdlog(level), "{}", line);
}

}  // namespace skyden::telemetry
