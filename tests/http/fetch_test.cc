// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/fetch.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "skyden/http/server.h"
#include "tests/http/nasty_server.h"

namespace skyden::http {
namespace {

struct Served {
  Response response;
  IoThreads io{1};
  std::unique_ptr<Server> server =
      *Listen(io, {.address = "127.0.0.1:0"}, [this](Request request, Responder respond) {
        asked = request.target;
        respond(response);
      });
  std::string asked;

  std::string Url(const std::string& path) const { return "http://" + server->address() + path; }
};

TEST_CASE("a document is fetched whole", "[http]") {
  Served served;
  served.response.body = "{\"a\":1}";
  CHECK(Fetch(served.Url("/x/y?z=1"), {}).value() == served.response.body);
  CHECK(served.asked == "/x/y?z=1");
  CHECK(Fetch(served.Url(""), {}).value() == served.response.body);
  CHECK(served.asked == "/");
}

TEST_CASE("what is no document of ours is refused", "[http]") {
  Served served;
  served.response.status = 404;
  CHECK(absl::IsUnavailable(Fetch(served.Url("/"), {}).status()));
  served.response = {.status = 302, .headers = {{"Location", served.Url("/other")}}};
  CHECK(absl::IsUnavailable(Fetch(served.Url("/"), {}).status()));
  CHECK(served.asked == "/");
  served.response = {.status = 200, .body = std::string(1000, 'x')};
  CHECK(Fetch(served.Url("/"), {.bytes_max = 1000, .ca_file = {}}).ok());
  const auto large = Fetch(served.Url("/"), {.bytes_max = 999, .ca_file = {}});
  INFO(large.status() << " " << (large.ok() ? large->size() : 0));
  CHECK(absl::IsUnavailable(large.status()));
}

TEST_CASE("who may not get everywhere gets to no address of this host", "[http]") {
  Served served;
  const auto exchange = [&](const std::string& url) {
    return Exchange({.url = url}, {.reach = Reach::kOutside}).status();
  };
  const std::string port = served.server->address().substr(std::string("127.0.0.1").size());
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"}) {
    INFO(host);
    const std::string url = std::string("http://") + host + port + "/";
    CHECK(absl::IsUnavailable(exchange(url)));
    CHECK(absl::IsInvalidArgument(CheckUrlIsOutside(url)));
  }
  CHECK(served.asked.empty());
  CHECK(Exchange({.url = served.Url("/")}, {}).ok());
  CHECK(absl::IsInvalidArgument(CheckUrlIsOutside("https://169.254.169.254/latest")));
  CHECK(absl::IsInvalidArgument(CheckUrlIsOutside("ftp://example.com")));
  CHECK(CheckUrlIsOutside("https://siem.example.com").ok());
  CHECK(CheckUrlIsOutside("https://10.0.0.9:8443/x").ok());
}

// Long enough for what is in time on any machine, where that matters to a test.
constexpr absl::Duration kEnough = absl::Seconds(60);
// What never ends is ended by it; nothing depends on when.
constexpr absl::Duration kShort = absl::Milliseconds(50);
constexpr size_t kSmall = 1000;
constexpr char kHead[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

std::string WhyNot(const NastyServer& server, absl::Duration time_max) {
  const auto answer = Fetch(server.url(), {.bytes_max = kSmall, .time_max = time_max});
  if (!absl::IsUnavailable(answer.status())) return "not refused";
  return std::string(answer.status().message());
}
bool Says(const std::string& text, std::string_view what) {
  INFO(text);
  CHECK(text.find(what) != std::string::npos);
  return text.find(what) != std::string::npos;
}

TEST_CASE("an answer that does not come to an end is ended, wherever it stands", "[http]") {
  using Client = NastyServer::Client;
  const std::vector<std::function<void(Client&)>> ways = {
      [](Client& client) { client.Wait(); },
      [](Client& client) {
        client.Send("HTTP/1.1 200");
        client.Wait();
      },
      [](Client& client) {
        client.Send("HTTP/1.1 200 OK\r\nA: ");
        client.Drip("b");
      },
      [](Client& client) {
        client.Send(kHead + std::string("Content-Length: 900\r\n\r\n"));
        client.Drip("x");
      },
      [](Client& client) {
        client.Send(kHead + std::string("\r\n"));
        client.Drip("x");
      },
      [](Client& client) {
        client.Send(kHead + std::string("Transfer-Encoding: chunked\r\n\r\n"));
        client.Drip("1\r\nx\r\n");
      },
      [](Client& client) {
        client.Send(kHead + std::string("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"));
        client.Drip("A: b\r\n");
      }};
  for (const auto& way : ways) {
    const NastyServer server(way);
    Says(WhyNot(server, kShort), "it took too long");
    CHECK(server.connections() == 1);
  }
  const NastyServer deaf([](Client& client) { client.Wait(); }, NastyServer::Reads::kNothing);
  const auto tls = Fetch("https://" + deaf.address() + "/", {.time_max = kShort});
  Says(std::string(tls.status().message()), "it took too long");
}

TEST_CASE("an answer without bounds is left, and little of it was taken", "[http]") {
  using Client = NastyServer::Client;
  const std::string chunked = kHead + std::string("Transfer-Encoding: chunked\r\n\r\n");
  const std::string much(4096, 'x');
  const std::vector<std::function<void(Client&)>> ways = {
      [&](Client& client) { client.SendForEver(much); },
      [&](Client& client) {
        client.Send("HTTP/1.1 200 OK\r\nA: ");
        client.SendForEver(much);
      },
      [&](Client& client) {
        client.Send(kHead);
        client.SendForEver("A: b\r\n" + much);
      },
      [&](Client& client) { client.SendForEver("HTTP/1.1 100 Continue\r\n\r\n"); },
      [&](Client& client) {
        client.Send(kHead + std::string("\r\n"));
        client.SendForEver(much);
      },
      [&](Client& client) {
        client.Send(kHead + std::string("Content-Length: 1001\r\n\r\n"));
        client.SendForEver(much);
      },
      [&](Client& client) {
        client.Send(chunked);
        client.SendForEver("1000\r\n" + much + "\r\n");
      },
      [&](Client& client) {
        client.Send(chunked + "1;");
        client.SendForEver(much);
      },
      [&](Client& client) {
        client.Send(chunked);
        client.SendForEver("1;a=" + much + "\r\nx\r\n");
      },
      [&](Client& client) {
        client.Send(chunked + "0\r\n");
        client.SendForEver("A: b\r\n");
      },
      [&](Client& client) {
        client.Send(chunked + "0\r\nA: ");
        client.SendForEver(much);
      }};
  for (size_t i = 0; i < ways.size(); ++i) {
    CAPTURE(i);
    const NastyServer server(ways[i]);
    const std::string why = WhyNot(server, kEnough);
    CHECK(why.find("took too long") == std::string::npos);
    CHECK(why.find("not refused") == std::string::npos);
    // What the two sides' buffers hold, far from a gigabyte.
    CHECK(server.sent() < (64u << 20));
  }
}

TEST_CASE("an answer that is malformed is none", "[http]") {
  const std::string chunked = kHead + std::string("Transfer-Encoding: chunked\r\n\r\n");
  for (const std::string& text :
       {chunked + "-2\r\n{}\r\n0\r\n\r\n", chunked + "0x2\r\n{}\r\n0\r\n\r\n",
        chunked + "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", chunked + "2\r\n{}x\r\n0\r\n\r\n",
        chunked + "2\r\n{}\r\n", kHead + std::string("Content-Length: -1\r\n\r\n{}"),
        kHead + std::string("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        kHead + std::string("Content-Length: 3\r\n\r\n{}"),
        kHead + std::string("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
        std::string("HTTP/1.1 200 OK\r\nA b\r\n\r\n{}"), std::string("SSH-2.0-x\r\n\r\n"),
        std::string("HTTP/1.1 -200 OK\r\n\r\n"), std::string()}) {
    CAPTURE(text);
    const NastyServer server([&text](NastyServer::Client& client) { client.Send(text); });
    CHECK(WhyNot(server, kEnough).find("not refused") == std::string::npos);
  }
  const NastyServer fine([&chunked](NastyServer::Client& client) {
    client.Send("HTTP/1.1 100 Continue\r\n\r\n" + chunked +
                "1;a=b\r\n{\r\n1\r\n}\r\n0\r\nA: b\r\n\r\n");
  });
  CHECK(Fetch(fine.url(), {.bytes_max = kSmall, .time_max = kEnough}).value() == "{}");
}

TEST_CASE("an exchange is ended from outside, and does not begin afterwards", "[http]") {
  Interrupt interrupt;
  NastyServer server([&interrupt](NastyServer::Client& client) {
    interrupt.Raise();
    client.Wait();
  });
  const FetchOptions options{.time_max = kEnough, .interrupt = &interrupt};
  for (int i = 0; i < 2; ++i) {
    Says(std::string(Fetch(server.url(), options).status().message()), "it was interrupted");
  }
}

TEST_CASE("a request says what it was told to say", "[http]") {
  Served served;
  served.response.status = 202;
  const auto answer = Exchange({.method = "POST",
                                .url = served.Url("/hook?a=b"),
                                .headers = {{"Content-Type", "text/plain"}, {"x-a", "b"}},
                                .body = "body"},
                               {.time_max = kEnough});
  REQUIRE(answer.ok());
  CHECK(answer->status == 202);
  CHECK(served.asked == "/hook?a=b");
}

TEST_CASE("nobody there, and addresses that are none", "[http]") {
  CHECK(absl::IsUnavailable(Fetch("http://127.0.0.1:1/", {}).status()));
  for (const char* bad :
       {"", "ftp://x/", "127.0.0.1:80", "file:///etc/passwd", "http://", "http:///x", "http://a:0/",
        "http://a:65536/", "http://a:b/", "http://u:p@a/", "http://u@a/", "http://[::1/",
        "http://a/ b", "http://a/\r\nX: y"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(Fetch(bad, {}).status()));
  }
}

}  // namespace
}  // namespace skyden::http
