// SPDX-License-Identifier: Apache-2.0
#include "tests/http/nasty_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "skyden/base/check.h"

namespace skyden::http {
namespace {

constexpr int kDripMilliseconds = 5;

// Until the client is gone, or this long (-1: for ever). True when it is gone.
bool IsGone(int descriptor, int milliseconds) {
  pollfd wait{descriptor, POLLIN, 0};
  if (poll(&wait, 1, milliseconds) <= 0) return false;
  char byte = 0;
  return recv(descriptor, &byte, 1, 0) <= 0;
}

}  // namespace

bool NastyServer::Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    sent_ += static_cast<size_t>(sent);
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void NastyServer::Client::SendForEver(std::string_view bytes) {
  while (Send(bytes)) {
  }
}

void NastyServer::Client::Drip(std::string_view bytes) {
  while (Send(bytes) && !IsGone(descriptor_, kDripMilliseconds)) {
  }
}

void NastyServer::Client::Wait() {
  while (!IsGone(descriptor_, -1)) {
  }
}

NastyServer::NastyServer(std::function<void(Client&)> serve, Reads reads)
    : serve_(std::move(serve)), reads_(reads) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  SKYDEN_CHECK(bind(listener_, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  SKYDEN_CHECK(listen(listener_, 16) == 0);
  SKYDEN_CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  address_ = "127.0.0.1:" + std::to_string(ntohs(name.sin_port));
  thread_ = std::thread([this] { Loop(); });
}

NastyServer::~NastyServer() {
  shutdown(listener_, SHUT_RDWR);  // wakes accept
  thread_.join();
  close(listener_);
}

void NastyServer::Loop() {
  for (;;) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    ++connections_;
    std::string head;
    char byte = 0;
    while (reads_ == Reads::kHead && !head.ends_with("\r\n\r\n") &&
           recv(descriptor, &byte, 1, 0) == 1) {
      head += byte;
    }
    Client client(descriptor, sent_);
    serve_(client);
    close(descriptor);
  }
}

}  // namespace skyden::http
