// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "skyden/base/check.h"

namespace skyden::store::testing {
namespace {

sockaddr_un AddressIn(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = folder + "/.s.PGSQL.5432";
  SKYDEN_CHECK(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// What is there now, or, with nothing there, what comes next; empty at the end.
std::string Receive(int socket) {
  std::array<char, 65536> buffer;
  const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
  return got <= 0 ? std::string() : std::string(buffer.data(), static_cast<size_t>(got));
}

}  // namespace

PostgresProxy::PostgresProxy(std::string server_folder) : server_folder_(std::move(server_folder)) {
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressIn(dir_.path());
  SKYDEN_CHECK(bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  SKYDEN_CHECK(listen(listener_, 64) == 0);
  SKYDEN_CHECK(pipe(stop_) == 0);
  accepting_ = std::thread([this] { Accept(); });
}

PostgresProxy::~PostgresProxy() {
  close(stop_[1]);  // everybody who polls the other end wakes
  accepting_.join();
  for (std::thread& thread : serving_) thread.join();
  close(listener_);
  close(stop_[0]);
}

void PostgresProxy::Arm(std::string word, size_t bytes, Then then) {
  const std::scoped_lock lock(mu_);
  seen_ = 0;
  plan_ = std::make_unique<Plan>(Plan{std::move(word), bytes, then});
}

void PostgresProxy::Accept() {
  for (;;) {
    pollfd wanted[] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    poll(wanted, 2, -1);
    if (wanted[1].revents != 0) return;
    const int client = accept(listener_, nullptr, nullptr);
    if (client >= 0) serving_.emplace_back([this, client] { Serve(client); });
  }
}

void PostgresProxy::Serve(int client) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressIn(server_folder_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open) {
    pollfd wanted[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    poll(wanted, 3, -1);
    if (wanted[2].revents != 0) break;
    if (wanted[1].revents != 0) {
      const std::string bytes = Receive(server);
      open = !bytes.empty() && SendAll(client, bytes);
    }
    if (open && wanted[0].revents != 0) open = FromClient(client, server);
  }
  close(client);
  close(server);
}

// What it answers may wait for more of what the client sends.
void PostgresProxy::SwallowAnswer(int client, int server) {
  for (;;) {
    pollfd wanted[] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    poll(wanted, 3, -1);
    if (wanted[2].revents != 0 || wanted[1].revents != 0) return;
    const std::string bytes = Receive(client);
    if (bytes.empty() || !SendAll(server, bytes)) return;
  }
}

bool PostgresProxy::FromClient(int client, int server) {
  const std::string bytes = Receive(client);
  if (bytes.empty()) return false;
  std::unique_ptr<Plan> plan;
  {
    const std::scoped_lock lock(mu_);
    if (plan_ != nullptr && bytes.find(plan_->word) != std::string::npos) plan = std::move(plan_);
  }
  if (plan == nullptr) return SendAll(server, bytes);
  seen_ = bytes.size();
  if (!SendAll(server, std::string_view(bytes).substr(0, std::min(plan->bytes, bytes.size())))) {
    return false;
  }
  if (plan->then == Then::kSwallow) SwallowAnswer(client, server);
  if (plan->then == Then::kFreeze) {
    pollfd wanted[] = {{client, POLLRDHUP, 0}, {stop_[0], POLLIN, 0}};
    poll(wanted, 2, -1);
  }
  return false;
}

}  // namespace skyden::store::testing
