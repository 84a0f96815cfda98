// SPDX-License-Identifier: Apache-2.0
#include "server/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "fmt/format.h"

namespace skyden::server {
namespace {

std::string TakeVariable(const char* name) {
  const char* const value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

// 0 for what is no number.
int64_t NumberOf(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

}  // namespace

ServiceManager ServiceManager::TakeFromEnvironment() {
  const std::string socket = TakeVariable("NOTIFY_SOCKET");
  const int64_t watchdog = NumberOf(TakeVariable("WATCHDOG_USEC"));
  const std::string whose = TakeVariable("WATCHDOG_PID");
  // Meant for another process of this service, if it names one.
  const bool ours = whose.empty() || NumberOf(whose) == getpid();
  return ServiceManager(socket, absl::Microseconds(ours ? watchdog : 0));
}

void ServiceManager::TellReady(std::string_view status) const {
  Tell(fmt::format("READY=1\nSTATUS={}\n", status));
}

void ServiceManager::TellReloading(absl::Duration now) const {
  Tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\n", absl::ToInt64Microseconds(now)));
}

void ServiceManager::TellStopping() const { Tell("STOPPING=1\nSTATUS=draining\n"); }

void ServiceManager::TellAlive() const { Tell("WATCHDOG=1\n"); }

void ServiceManager::Tell(const std::string& lines) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0) return;
  // Nobody could be told that nobody was told.
  [[maybe_unused]] const ssize_t sent = sendto(file, lines.data(), lines.size(), MSG_NOSIGNAL,
                                               reinterpret_cast<const sockaddr*>(&address), size);
  close(file);
}

}  // namespace skyden::server
