// SPDX-License-Identifier: Apache-2.0
#include "server/data_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fmt/format.h"

namespace skyden::server {
namespace {

std::string PathIn(const std::string& directory, std::string_view file) {
  return fmt::format("{}/{}", directory, file);
}

}  // namespace

absl::Status PrepareDataDir(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return absl::InvalidArgumentError(
        fmt::format("data_dir: cannot create {}: {}", directory, std::strerror(errno)));
  }
  struct stat info {};
  if (stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(fmt::format("data_dir: {} is not a directory", directory));
  }
  if (access(directory.c_str(), R_OK | W_OK | X_OK) != 0) {
    return absl::InvalidArgumentError(
        fmt::format("data_dir: cannot write to {}: {}", directory, std::strerror(errno)));
  }
  return absl::OkStatus();
}

absl::Status WriteAddresses(const std::string& directory, const Addresses& addresses) {
  const nlohmann::json document = {
      {"http", addresses.http},         {"admin", addresses.admin},
      {"kds", addresses.kds},           {"diagnostics", addresses.diagnostics},
      {"http_tls", addresses.http_tls}, {"admin_tls", addresses.admin_tls},
      {"kds_tls", addresses.kds_tls},   {"pid", getpid()}};
  const std::string final_path = PathIn(directory, kAddressesFile);
  const std::string new_path = final_path + ".new";
  std::ofstream out(new_path, std::ios::trunc);
  out << document.dump(2) << '\n';
  out.close();
  if (out.fail() || std::rename(new_path.c_str(), final_path.c_str()) != 0) {
    return absl::UnavailableError(
        fmt::format("cannot write {}: {}", final_path, std::strerror(errno)));
  }
  return absl::OkStatus();
}

void RemoveAddresses(const std::string& directory) {
  std::remove(PathIn(directory, kAddressesFile).c_str());
}

}  // namespace skyden::server
