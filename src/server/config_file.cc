// SPDX-License-Identifier: Apache-2.0
#include "server/config_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "fmt/format.h"

namespace skyden::server {
namespace {

constexpr size_t kFileBytesMax = 1u << 20;

absl::Status BadAt(std::string_view place, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", place, why));
}

// yaml-cpp throws; nothing of it leaves this function.
absl::StatusOr<std::vector<ConfigLine>> Parse(const std::string& path, const std::string& text) {
  try {
    const YAML::Node root = YAML::Load(text);
    std::vector<ConfigLine> lines;
    if (root.IsNull()) return lines;
    if (!root.IsMap()) return BadAt(path, "must be a map of settings, key: value on each line");
    std::set<std::string> seen;
    for (const auto& entry : root) {
      const int number = entry.first.Mark().line + 1;
      const std::string place = fmt::format("{}:{}", path, number);
      if (!entry.first.IsScalar()) return BadAt(place, "a setting's name must be a plain word");
      const std::string key = entry.first.Scalar();
      if (!seen.insert(key).second) return BadAt(place, fmt::format("{}: given twice", key));
      if (!entry.second.IsScalar()) {
        return BadAt(place, fmt::format("{}: must be one value", key));
      }
      lines.push_back({key, entry.second.Scalar(), number});
    }
    return lines;
  } catch (const YAML::Exception& e) {
    return BadAt(fmt::format("{}:{}", path, e.mark.line + 1), fmt::format("not YAML: {}", e.msg));
  }
}

}  // namespace

absl::StatusOr<std::vector<ConfigLine>> ReadConfigFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  if (!in.eof() && text.size() <= kFileBytesMax) return BadAt("--config", "cannot read " + path);
  if (text.size() > kFileBytesMax) return BadAt("--config", path + " is larger than 1 MiB");
  return Parse(path, text);
}

std::string YamlScalar(std::string_view text) {
  const bool plain = !text.empty() &&
                     text.find_first_of(" \t\n#:{}[],&*!|>'\"%@`\\") == std::string_view::npos &&
                     text.front() != '-' && text.front() != '?';
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string MaskUserinfo(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return std::string(text);
  const size_t host = scheme + 3;
  const size_t end = std::min(text.find_first_of("/?#", host), text.size());
  const size_t at = text.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < host) return std::string(text);
  return fmt::format("{}***{}", text.substr(0, host), text.substr(at));
}

}  // namespace skyden::server
