// SPDX-License-Identifier: Apache-2.0
// Any bytes as a configuration file: read, or refused in one line; what is read is printed in a
// form that is read again.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"
#include "skyden/server/config.h"

namespace {

using skyden::server::Config;

// A file without a name on any disk.
absl::StatusOr<Config> Load(std::string_view text) {
  static const int file = memfd_create("config", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (ftruncate(file, 0) != 0) __builtin_trap();
  if (pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    __builtin_trap();
  }
  return skyden::server::LoadConfig({.file = path, .environment = {}, .flags = {}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto config = Load({reinterpret_cast<const char*>(data), size});
  if (!config.ok()) {
    if (config.status().message().find('\n') != absl::string_view::npos) __builtin_trap();
    return 0;
  }
  const std::string printed = skyden::server::PrintConfig(*config);
  const auto again = Load(printed);
  if (!again.ok() || skyden::server::PrintConfig(*again) != printed) __builtin_trap();
  return 0;
}
