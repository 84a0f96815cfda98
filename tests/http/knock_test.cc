// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/knock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "skyden/http/server.h"
#include "tests/http/nasty_server.h"

namespace skyden::http {
namespace {

constexpr auto kHttp1 = KnockOptions::Speaks::kHttp1;
constexpr auto kHttp2 = KnockOptions::Speaks::kHttp2;
constexpr absl::Duration kEnough = absl::Seconds(60);
constexpr absl::Duration kShort = absl::Milliseconds(50);

std::string Verdict(const std::string& address, KnockOptions::Speaks speaks,
                    absl::Duration time_max = kEnough) {
  const absl::Status status = Knock({.address = address, .speaks = speaks, .time_max = time_max});
  return status.ok() ? "ok" : std::string(status.message());
}

TEST_CASE("a server that answers is there, in its own protocol only", "[http]") {
  IoThreads io(1);
  const auto server = *Listen(io, {.address = "127.0.0.1:0"},
                              [](Request, Responder respond) { respond({.status = 404}); });
  CHECK(Verdict(server->address(), kHttp1) == "ok");
  CHECK(Verdict(server->address(), kHttp2) != "ok");
  // Where it listens everywhere, it is here.
  const std::string port = server->address().substr(server->address().rfind(':'));
  CHECK(Verdict("0.0.0.0" + port, kHttp1) == "ok");

  const NastyServer http2([](NastyServer::Client& client) {
    client.Send(std::string_view("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\1", 15));
    client.Wait();
  });
  CHECK(Verdict(http2.address(), kHttp2) == "ok");
  const NastyServer other(
      [](NastyServer::Client& client) { client.Send("SSH-2.0-something\r\n"); });
  CHECK(Verdict(other.address(), kHttp1) == "it does not speak HTTP/1.1");
  CHECK(Verdict(other.address(), kHttp2) == "it does not speak HTTP/2");
}

TEST_CASE("who hangs up, says nothing, or is not there does not answer", "[http]") {
  const NastyServer rude([](NastyServer::Client&) {});
  CHECK(Verdict(rude.address(), kHttp1) == "it hung up");
  const NastyServer silent([](NastyServer::Client& client) { client.Wait(); });
  CHECK(Verdict(silent.address(), kHttp2, kShort) == "it took too long");
  CHECK(Verdict("127.0.0.1:1", kHttp1).find("cannot connect") == 0);

  // The kernel still takes connections for one that has stopped accepting.
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&name), size) == 0);
  REQUIRE(listen(listener, 16) == 0);
  REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  const std::string address = "127.0.0.1:" + std::to_string(ntohs(name.sin_port));
  CHECK(Verdict(address, kHttp1, kShort) == "it took too long");
  CHECK(Verdict(address, kHttp2, kShort) == "it took too long");
  close(listener);
}

}  // namespace
}  // namespace skyden::http
