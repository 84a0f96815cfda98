// SPDX-License-Identifier: Apache-2.0
// An executable of its own, because the limit on descriptors is the process's.
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <vector>

#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"

namespace skyden::rpc {
namespace {

TEST_CASE("descriptors that run out once are no end", "[rpc]") {
  TestServer server;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &limit);
  RawH2 early(server.address());
  REQUIRE(early.ReadUntil(kSettings).has_value());
  std::vector<int> taken;
  for (int fd = dup(0); fd >= 0; fd = dup(0)) taken.push_back(fd);
  // One is left, and only a client ever takes it: the server's own is free for a moment while it
  // refuses, and whoever opens something then would have it.
  close(taken.back());
  taken.pop_back();
  for (int i = 0; i < 3; ++i) {
    RawH2 late(server.address());
    CHECK(late.IsHungUp());
  }
  // Who is there is served on.
  REQUIRE(early.Send(BeginCall(1, "/test/Refuse")));
  CHECK(early.ReadUntil(kHeaders).has_value());
  for (const int fd : taken) close(fd);
  RawH2 after(server.address());
  CHECK(after.ReadUntil(kSettings).has_value());
}

}  // namespace
}  // namespace skyden::rpc
