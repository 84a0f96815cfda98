// SPDX-License-Identifier: Apache-2.0
#include "agent/global_address.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "fmt/format.h"

namespace skyden::agent {
namespace {

bool IsHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view port = text.substr(colon + 1);
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number == 0) return false;
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' ||
           c == ':' || c == '[' || c == ']';
  };
  return std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

std::string GlobalAddress::WithCredential() const {
  if (user.empty() && password.empty()) return Public();
  return fmt::format("{}://{}:{}@{}", tls ? "grpcs" : "grpc", user, password, host_port);
}

std::string GlobalAddress::Public() const {
  return fmt::format("{}://{}", tls ? "grpcs" : "grpc", host_port);
}

absl::StatusOr<GlobalAddress> ParseGlobalAddress(std::string_view text) {
  GlobalAddress address;
  const size_t scheme_end = text.find("://");
  if (scheme_end != std::string_view::npos) {
    const std::string_view scheme = text.substr(0, scheme_end);
    if (scheme != "grpc" && scheme != "grpcs") {
      return absl::InvalidArgumentError("an address begins with grpcs:// (TLS) or grpc://");
    }
    address.tls = scheme == "grpcs";
    text.remove_prefix(scheme_end + 3);
  }
  const size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view credential = text.substr(0, at);
    const size_t colon = credential.find(':');
    if (colon == std::string_view::npos) {
      return absl::InvalidArgumentError(
          "before the @ an address has <control plane id>:<token of the zone>");
    }
    address.user = credential.substr(0, colon);
    address.password = credential.substr(colon + 1);
    text.remove_prefix(at + 1);
  }
  if (!IsHostPort(text)) {
    return absl::InvalidArgumentError("an address ends with host:port, e.g. grpcs://host:5685");
  }
  address.host_port = text;
  return address;
}

}  // namespace skyden::agent
