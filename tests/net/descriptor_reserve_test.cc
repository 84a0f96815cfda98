// SPDX-License-Identifier: Apache-2.0
// In a child process, because the limit on descriptors is the process's. The child only reports by
// its exit code: nothing of the test framework runs in it.
#include "skyden/net/descriptor_reserve.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <vector>

#include "skyden/net/address.h"

namespace skyden::net {
namespace {

int Connect(const SocketAddress& to) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, to.get(), to.size()) != 0) return -1;
  return fd;
}

bool IsHungUp(int fd) {
  char byte = 0;
  return recv(fd, &byte, 1, 0) <= 0;
}

// 0 when all went as it should, else the step that did not.
int RunOutOfDescriptors(int listener, const SocketAddress& address) {
  DescriptorReserve reserve;
  const int first = Connect(address);
  const int second = Connect(address);
  if (first < 0 || second < 0) return 1;
  pollfd ready = {listener, POLLIN, 0};
  if (poll(&ready, 1, 10'000) != 1) return 2;
  std::vector<int> taken;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (int fd = dup(first); fd >= 0; fd = dup(first)) taken.push_back(fd);
  if (errno != EMFILE) return 3;
  if (accept4(listener, nullptr, nullptr, SOCK_NONBLOCK) >= 0 || errno != EMFILE) return 4;
  if (!reserve.RefuseOne(listener) || !reserve.RefuseOne(listener)) return 5;
  if (reserve.RefuseOne(listener)) return 6;  // nobody waits
  close(taken.back());
  const int third = Connect(address);  // takes the last one
  if (third < 0 || !reserve.RefuseOne(listener)) return 7;
  if (!IsHungUp(third)) return 8;
  close(third);
  const int fourth = Connect(address);
  if (poll(&ready, 1, 10'000) != 1) return 9;
  close(taken[taken.size() - 2]);
  return fourth >= 0 && accept4(listener, nullptr, nullptr, SOCK_NONBLOCK) >= 0 ? 0 : 10;
}

TEST_CASE("without descriptors the next who waits is hung up on, and later ones are taken",
          "[net]") {
  const auto listening = ListenAt(*SocketAddress::Parse("127.0.0.1:0"), {});
  REQUIRE(listening.ok());
  const auto address = SocketAddress::Parse(listening->address);
  REQUIRE(address.ok());
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) _exit(RunOutOfDescriptors(listening->fd, *address));
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  close(listening->fd);
}

}  // namespace
}  // namespace skyden::net
