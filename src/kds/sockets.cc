// SPDX-License-Identifier: Apache-2.0
// gRPC closes its descriptor when it likes, and the number comes back for another connection. So a
// number is only ever used together with the inode it had: a duplicate is made first and looked at
// afterwards, and from then on it is ours.
#include "kds/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>

#include "absl/strings/str_replace.h"
#include "fmt/format.h"
#include "skyden/base/strings.h"

namespace skyden::kds {
namespace {

std::optional<ino_t> InodeOf(int fd) {
  struct stat about {};
  if (fstat(fd, &about) != 0) return std::nullopt;
  return about.st_ino;
}

// The other end's address and port, as gRPC writes them. Empty when it is gone already.
std::string PeerOf(int fd) {
  sockaddr_in6 peer{};
  socklen_t size = sizeof(peer);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return "";
  char text[INET6_ADDRSTRLEN] = "";
  if (peer.sin6_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return fmt::format("ipv4:{}:{}", text, ntohs(v4.sin_port));
  }
  if (peer.sin6_family != AF_INET6) return "";
  if (IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr)) {
    inet_ntop(AF_INET, &peer.sin6_addr.s6_addr[12], text, sizeof(text));
    return fmt::format("ipv4:{}:{}", text, ntohs(peer.sin6_port));
  }
  inet_ntop(AF_INET6, &peer.sin6_addr, text, sizeof(text));
  return fmt::format("ipv6:[{}]:{}", text, ntohs(peer.sin6_port));
}

// Brackets come escaped, as in a URI.
std::string Unescaped(std::string_view peer) {
  return absl::StrReplaceAll(base::ToAbsl(peer), {{"%5B", "["}, {"%5D", "]"}});
}

}  // namespace

Socket::~Socket() { close(fd_); }

std::optional<Socket::Traffic> Socket::Look() const {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  // Older kernels tell less.
  if (size < offsetof(tcp_info, tcpi_notsent_bytes) + sizeof(info.tcpi_notsent_bytes)) {
    return std::nullopt;
  }
  return Traffic{info.tcpi_bytes_received, info.tcpi_bytes_acked,
                 info.tcpi_notsent_bytes > 0 || info.tcpi_unacked > 0};
}

void Socket::Cut() { shutdown(fd_, SHUT_RDWR); }

void Sockets::Accepted(int fd) {
  const auto inode = InodeOf(fd);
  std::string peer = PeerOf(fd);
  if (!inode.has_value() || peer.empty()) return;
  absl::MutexLock lock(&mu_);
  std::string& last = peers_[fd];
  if (!last.empty()) {
    const auto gone = by_peer_.find(last);
    if (gone != by_peer_.end() && gone->second.fd == fd) by_peer_.erase(gone);
  }
  by_peer_[peer] = {fd, *inode};
  last = std::move(peer);
}

std::unique_ptr<Socket> Sockets::Of(std::string_view peer) const {
  Known known;
  {
    absl::MutexLock lock(&mu_);
    const auto found = by_peer_.find(Unescaped(peer));
    if (found == by_peer_.end()) return nullptr;
    known = found->second;
  }
  const int fd = fcntl(known.fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  auto socket = std::make_unique<Socket>(fd);
  return InodeOf(fd) == known.inode ? std::move(socket) : nullptr;
}

}  // namespace skyden::kds
