// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"

namespace skyden::rpc {
namespace {

size_t ResidentBytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4096;
}

// The client's side of a connection is one descriptor: what the process grows by is the server.
TEST_CASE("a connection at rest with six calls costs little memory", "[rpc][memory]") {
  constexpr size_t kClients = 2000;
  constexpr uint32_t kCalls = 6;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2 * kClients + 100) {
    WARN("not enough file descriptors to try");
    return;
  }
  TestServer server({.connections_per_address_max = kClients});
  std::string calls;
  for (uint32_t i = 0; i < kCalls; ++i) {
    calls += BeginCall(2 * i + 1, "/test/Hold") +
             Encode(kData, 0, 2 * i + 1, GrpcMessage("a first message"));
  }
  std::vector<std::unique_ptr<RawH2>> clients;
  clients.reserve(kClients);
  const size_t before = ResidentBytes();
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawH2>(server.address()));
    REQUIRE(clients.back()->Send(calls));
    REQUIRE(server.record.Await("held", (i + 1) * kCalls));
  }
  REQUIRE(server.Await([](const auto& c) { return c.calls == kClients * kCalls; }));
  malloc_trim(0);
  const size_t each = (ResidentBytes() - before) / kClients;
  INFO("bytes a connection: " << each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(each < 16u << 10);  // 11 KiB of it are nghttp2's
#endif
  clients.clear();
  CHECK(server.Await([](const auto& c) { return c.connections == 0 && c.calls == 0; }));
}

}  // namespace
}  // namespace skyden::rpc
