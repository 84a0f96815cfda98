// SPDX-License-Identifier: Apache-2.0
// An executable of its own: what other tests left in the heap would hide what grows.
#include <malloc.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "skyden/net/address.h"
#include "tests/rpc/raw_h2.h"
#include "tests/rpc/rpc_server.h"
#include "tests/self_signed.h"
#include "tests/skip.h"
#include "tests/temp_dir.h"

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
    Skip("fewer file descriptors are allowed than are tried (ulimit -Hn)");
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
  const size_t each = (std::max(ResidentBytes(), before) - before) / kClients;
  INFO("bytes a connection: " << each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(each < 16u << 10);  // 11 KiB of it are nghttp2's
#endif
  clients.clear();
  CHECK(server.Await([](const auto& c) { return c.connections == 0 && c.calls == 0; }));
}

TEST_CASE("a flood of calls that are reset leaves nothing behind", "[rpc][memory]") {
  TestServer server;
  server.trusting = false;
  const auto flood = [&](int connections) {
    for (int i = 0; i < connections; ++i) {
      RawH2 client(server.address());
      bool open = true;
      for (uint32_t stream_id = 1; open && stream_id < 100'000; stream_id += 2) {
        open = client.Send(BeginCall(stream_id, "/test/Hold") +
                           Encode(kResetStream, 0, stream_id, Number(8)));
      }
      CHECK_FALSE(open);
    }
    CHECK(server.Await([](const auto& c) { return c.connections == 0; }));
    malloc_trim(0);
  };
  flood(20);
  const size_t before = ResidentBytes();
  flood(100);
  const size_t after = ResidentBytes();
  INFO("bytes before and after: " << before << " " << after);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(after < before + (4u << 20));
#endif
  CHECK(server.server->counters().ended_for_abuse == 120);
}

// The client's half of TLS is let go of again; its descriptor stays.
int OpenTls(const std::string& address, SSL_CTX* context, const std::string& bytes) {
  const auto to = net::SocketAddress::Parse(address);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!to.ok() || fd < 0 || connect(fd, to->get(), to->size()) != 0) return -1;
  SSL* const ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  const bool sent =
      SSL_connect(ssl) == 1 && SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size())) > 0;
  SSL_set_quiet_shutdown(ssl, 1);
  SSL_free(ssl);
  if (sent) return fd;
  close(fd);
  return -1;
}

TEST_CASE("a connection at rest inside TLS costs its keys more", "[rpc][memory]") {
  constexpr size_t kClients = 400;
  const TempDir directory;
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", directory / "crt", directory / "key"));
  TestServer server({.tls = TlsOptions{directory / "crt", directory / "key"}});
  const std::string hello = std::string(kMagic) + Encode(kSettings, 0, 0) +
                            BeginCall(1, "/test/Hold") + BeginCall(3, "/test/Hold");
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  std::vector<int> clients = {OpenTls(server.address(), context, hello)};
  REQUIRE(server.record.Await("held", 2));
  malloc_trim(0);
  const size_t before = ResidentBytes();
  while (clients.size() <= kClients) {
    clients.push_back(OpenTls(server.address(), context, hello));
    REQUIRE(clients.back() >= 0);
    REQUIRE(server.record.Await("held", 2 * clients.size()));
  }
  malloc_trim(0);
  const size_t each = (std::max(ResidentBytes(), before) - before) / kClients;
  INFO("bytes a connection: " << each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  CHECK(each < 48u << 10);
#endif
  for (const int fd : clients) close(fd);
  SSL_CTX_free(context);
}

}  // namespace
}  // namespace skyden::rpc
