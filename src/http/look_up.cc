// SPDX-License-Identifier: Apache-2.0
#include "http/look_up.h"

#include <fmt/format.h>
#include <netdb.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include "absl/synchronization/notification.h"
#include "skyden/base/limits.h"

namespace skyden::http {
namespace {

using Found = absl::StatusOr<std::vector<SocketAddress>>;

Found AskSystem(const std::string& host, const std::string& port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
  if (failed != 0) {
    return absl::UnavailableError(fmt::format("cannot find {}: {}", host, gai_strerror(failed)));
  }
  std::vector<SocketAddress> found;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    SocketAddress address;
    address.size = one->ai_addrlen;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    found.push_back(address);
  }
  freeaddrinfo(list);
  return found;
}

// Shared with the thread that asks, which may outlive whoever wanted to know.
struct Question {
  Found answer = absl::UnavailableError("not asked");
  absl::Notification answered;
};

std::atomic<size_t>& Asking() {
  static std::atomic<size_t> count{0};
  return count;
}

}  // namespace

std::optional<sockaddr_storage> ReadAddress(const std::string& host, const std::string& port) {
  const Found literal = AskSystem(host, port, AI_NUMERICHOST);
  if (!literal.ok() || literal->empty()) return std::nullopt;
  return literal->front().storage;
}

Found LookUp(const std::string& host, const std::string& port, absl::Duration time_max) {
  if (auto literal = AskSystem(host, port, AI_NUMERICHOST); literal.ok()) return literal;
  if (Asking().fetch_add(1) >= base::limits::kNameLookUps) {
    Asking().fetch_sub(1);
    return absl::UnavailableError(fmt::format("cannot find {}: names are slow to be found", host));
  }
  const auto question = std::make_shared<Question>();
  try {
    std::thread([question, host, port] {
      question->answer = AskSystem(host, port, 0);
      Asking().fetch_sub(1);
      question->answered.Notify();
    }).detach();
  } catch (const std::system_error& error) {
    Asking().fetch_sub(1);
    return absl::UnavailableError(fmt::format("cannot find {}: {}", host, error.what()));
  }
  if (!question->answered.WaitForNotificationWithTimeout(time_max)) {
    return absl::UnavailableError(fmt::format("cannot find {} in time", host));
  }
  return question->answer;
}

}  // namespace skyden::http
