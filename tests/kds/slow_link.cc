// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/slow_link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

namespace skyden::kds::testing {
namespace {

constexpr int kUnderWayBytes = 32 << 10;

sockaddr_in Loopback(const std::string& port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(port)));
  return address;
}

int Socket() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(fd >= 0);
  return fd;
}

// False when the other side is gone.
bool SendAll(int fd, const char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    count -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

SlowLink::SlowLink(const std::string& server, size_t bytes)
    : listener_(Socket()), global_(Socket()), allowed_(bytes) {
  sockaddr_in address = Loopback("0");
  socklen_t size = sizeof(address);
  REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(listen(listener_, 1) == 0);
  REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  REQUIRE(setsockopt(global_, SOL_SOCKET, SO_RCVBUF, &kUnderWayBytes, sizeof(int)) == 0);
  const sockaddr_in there = Loopback(server.substr(server.rfind(':') + 1));
  REQUIRE(connect(global_, reinterpret_cast<const sockaddr*>(&there), sizeof(there)) == 0);
  up_ = std::thread([this] { PassUp(); });
}

SlowLink::~SlowLink() {
  {
    absl::MutexLock lock(&mu_);
    over_ = true;
    for (const int fd : {listener_, global_, zone_}) shutdown(fd, SHUT_RDWR);
  }
  up_.join();
  for (const int fd : {listener_, global_, zone_}) {
    if (fd >= 0) close(fd);
  }
}

void SlowLink::PassUp() {
  const int zone = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (zone < 0) return;
  {
    absl::MutexLock lock(&mu_);
    zone_ = zone;
    if (over_) return;
  }
  std::thread down([this, zone] { PassDown(zone); });
  std::array<char, 16 << 10> bytes;
  ssize_t got = 0;
  do {
    got = recv(zone, bytes.data(), bytes.size(), 0);
  } while (got > 0 && SendAll(global_, bytes.data(), static_cast<size_t>(got)));
  {
    absl::MutexLock lock(&mu_);
    over_ = true;
  }
  shutdown(global_, SHUT_RDWR);
  down.join();
}

void SlowLink::PassDown(int zone) {
  std::array<char, 16 << 10> bytes;
  while (true) {
    size_t count = 0;
    {
      absl::MutexLock lock(&mu_);
      const auto may = [this]()
                           ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return over_ || allowed_ > 0; };
      mu_.Await(absl::Condition(&may));
      if (over_) return;
      count = std::min(allowed_, bytes.size());
    }
    const ssize_t got = recv(global_, bytes.data(), count, 0);
    if (got <= 0 || !SendAll(zone, bytes.data(), static_cast<size_t>(got))) break;
    absl::MutexLock lock(&mu_);
    allowed_ -= static_cast<size_t>(got);
  }
  shutdown(zone, SHUT_RDWR);
}

void SlowLink::Allow(size_t bytes) {
  absl::MutexLock lock(&mu_);
  allowed_ += bytes;
}

bool SlowLink::UsedUp() const {
  absl::MutexLock lock(&mu_);
  return allowed_ == 0;
}

}  // namespace skyden::kds::testing
