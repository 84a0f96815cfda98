// SPDX-License-Identifier: Apache-2.0
#include "raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace skyden::http {

RawClient::RawClient(const std::string& address, const char* from) {
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  fd_ = socket(AF_INET, SOCK_STREAM, 0);
  if (from != nullptr) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    inet_pton(AF_INET, from, &own.sin_addr);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof(own)) != 0) return;
  }
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool RawClient::Fill() {
  pollfd wait{fd_, POLLIN, 0};
  if (poll(&wait, 1, 10'000) != 1) return false;
  std::array<char, 65536> chunk;
  const ssize_t n = recv(fd_, chunk.data(), chunk.size(), 0);
  if (n <= 0) return false;
  buffer_.append(chunk.data(), static_cast<size_t>(n));
  return true;
}

std::string RawClient::ReadHead() {
  size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::exchange(buffer_, {});
  }
  std::string head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  return head;
}

std::string RawClient::ReadResponse() {
  std::string response = ReadHead();
  const size_t at = response.find("Content-Length: ");
  if (at == std::string::npos) return response;
  const auto length = static_cast<size_t>(std::atoll(response.c_str() + at + 16));
  while (buffer_.size() < length && Fill()) {
  }
  response += buffer_.substr(0, length);
  buffer_.erase(0, std::min(length, buffer_.size()));
  return response;
}

std::string RawClient::ReadUntil(std::string_view text) {
  size_t at = 0;
  while ((at = buffer_.find(text)) == std::string::npos) {
    if (!Fill()) return std::exchange(buffer_, {});
  }
  std::string got = buffer_.substr(0, at + text.size());
  buffer_.erase(0, got.size());
  return got;
}

bool RawClient::ReadToEnd(std::string& rest) {
  for (;;) {
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, 10'000) != 1) return false;
    std::array<char, 65536> chunk;
    const ssize_t n = recv(fd_, chunk.data(), chunk.size(), 0);
    if (n <= 0) {
      rest = std::exchange(buffer_, {});
      return true;
    }
    buffer_.append(chunk.data(), static_cast<size_t>(n));
  }
}

}  // namespace skyden::http
