// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>

#include "fmt/format.h"

namespace skyden::net {
namespace {

constexpr std::string_view kLocalhost = "localhost";

sockaddr_in& V4(sockaddr_storage& storage) { return reinterpret_cast<sockaddr_in&>(storage); }
sockaddr_in6& V6(sockaddr_storage& storage) { return reinterpret_cast<sockaddr_in6&>(storage); }
const sockaddr_in& V4(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in&>(storage);
}
const sockaddr_in6& V6(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in6&>(storage);
}

bool ParseIp(std::string host, sockaddr_storage& storage) {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host == kLocalhost) host = "127.0.0.1";
  if (inet_pton(AF_INET, host.c_str(), &V4(storage).sin_addr) == 1) {
    storage.ss_family = AF_INET;
    return true;
  }
  if (inet_pton(AF_INET6, host.c_str(), &V6(storage).sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<SocketAddress> SocketAddress::Parse(std::string_view text) {
  const auto bad = [&] {
    return absl::InvalidArgumentError(
        fmt::format("address \"{}\" is not of the form host:port with a numeric host", text));
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  const std::string_view digits = text.substr(colon + 1);
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return bad();
  SocketAddress address;
  if (!ParseIp(std::string(text.substr(0, colon)), address.storage_)) return bad();
  address.set_port(port);
  return address;
}

SocketAddress SocketAddress::Of(const sockaddr_storage& storage) {
  SocketAddress address;
  address.storage_ = storage;
  if (!address.is_v6()) return address;
  const sockaddr_in6& v6 = V6(storage);
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return address;
  address.storage_ = {};
  address.storage_.ss_family = AF_INET;
  std::memcpy(&V4(address.storage_).sin_addr, &v6.sin6_addr.s6_addr[12], sizeof(in_addr));
  V4(address.storage_).sin_port = v6.sin6_port;
  return address;
}

socklen_t SocketAddress::size() const {
  return is_v6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

bool SocketAddress::is_any_v4() const {
  return storage_.ss_family == AF_INET && V4(storage_).sin_addr.s_addr == INADDR_ANY;
}

bool SocketAddress::is_loopback() const {
  constexpr uint32_t kLoopbackNet = 127;
  if (is_v6()) return IN6_IS_ADDR_LOOPBACK(&V6(storage_).sin6_addr) != 0;
  return storage_.ss_family == AF_INET && ntohl(V4(storage_).sin_addr.s_addr) >> 24 == kLoopbackNet;
}

uint16_t SocketAddress::port() const {
  return ntohs(is_v6() ? V6(storage_).sin6_port : V4(storage_).sin_port);
}

void SocketAddress::set_port(uint16_t port) {
  (is_v6() ? V6(storage_).sin6_port : V4(storage_).sin_port) = htons(port);
}

std::string SocketAddress::ip() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (is_v6()) {
    inet_ntop(AF_INET6, &V6(storage_).sin6_addr, text, sizeof(text));
  } else if (storage_.ss_family == AF_INET) {
    inet_ntop(AF_INET, &V4(storage_).sin_addr, text, sizeof(text));
  }
  return text;
}

std::string SocketAddress::ToString() const {
  return is_v6() ? fmt::format("[{}]:{}", ip(), port()) : fmt::format("{}:{}", ip(), port());
}

std::string AddressKey(std::string_view ip) {
  // What is no IPv6 address is its own key, in the one form there is.
  if (ip.find_first_of(":[") == std::string_view::npos && ip != kLocalhost) return std::string(ip);
  sockaddr_storage storage{};
  if (!ParseIp(std::string(ip), storage)) return std::string(ip);
  const SocketAddress address = SocketAddress::Of(storage);
  if (!address.is_v6()) return address.ip();
  constexpr size_t kNetworkBytes = 8;
  in6_addr& whole = V6(storage).sin6_addr;
  std::memset(&whole.s6_addr[kNetworkBytes], 0, sizeof(whole) - kNetworkBytes);
  return SocketAddress::Of(storage).ip() + "/64";
}

}  // namespace skyden::net
