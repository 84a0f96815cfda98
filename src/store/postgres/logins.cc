// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/store/postgres_store.h"

namespace skyden::store {
namespace {

absl::Status Invalid(const std::string& path, int line, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}, line {}: {}", path, line, why));
}

absl::Status CheckPrivate(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) {
    return absl::NotFoundError(fmt::format("there is no file {}", path));
  }
  if ((found.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        fmt::format("{} may be read by others: chmod 600 {}", path, path));
  }
  return absl::OkStatus();
}

bool SaysNothing(const std::string& line) { return line.empty() || line[0] == '#'; }

}  // namespace

absl::StatusOr<std::string> LoadPostgresOwner(const std::string& path) {
  SKYDEN_RETURN_IF_ERROR(CheckPrivate(path));
  std::ifstream in(path);
  for (std::string text; std::getline(in, text);) {
    if (!SaysNothing(text)) return text;
  }
  return absl::InvalidArgumentError(fmt::format("{} holds no connection string", path));
}

absl::StatusOr<PostgresLogins> LoadPostgresLogins(const std::string& path) {
  SKYDEN_RETURN_IF_ERROR(CheckPrivate(path));
  std::ifstream in(path);
  PostgresLogins logins;
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    if (SaysNothing(text)) continue;
    const size_t blank = text.find(' ');
    const std::string word = text.substr(0, blank);
    std::string* const to = word == "app"      ? &logins.app
                            : word == "system" ? &logins.system
                                               : nullptr;
    if (to == nullptr) return Invalid(path, line, "it begins with neither \"app\" nor \"system\"");
    if (!to->empty()) return Invalid(path, line, "the second of its kind");
    if (blank == std::string::npos) return Invalid(path, line, "the connection string is missing");
    *to = text.substr(blank + 1);
  }
  if (in.bad()) return absl::NotFoundError(fmt::format("{} cannot be read", path));
  if (logins.app.empty() || logins.system.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{} must have a line \"app <connection string>\" and a line \"system "
                    "<connection string>\"",
                    path));
  }
  return logins;
}

}  // namespace skyden::store
