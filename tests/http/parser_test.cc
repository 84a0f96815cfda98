// SPDX-License-Identifier: Apache-2.0
#include "http/parser.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "skyden/base/limits.h"

namespace skyden::http {
namespace {

using Outcome = RequestParser::Outcome;

struct Parsed {
  Outcome outcome = Outcome::kNeedMore;
  int refusal = 0;
  Request request;
  size_t left = 0;
  bool keep_alive = false;
  bool gzip = false;
};

// Feeds `text` in pieces of `step` bytes, as a slow network would.
Parsed Parse(const std::string& text, size_t step = std::string::npos) {
  RequestParser parser;
  Parsed parsed;
  size_t begin = 0;
  size_t end = 0;
  while (parsed.outcome == Outcome::kNeedMore && end < text.size()) {
    end = step == std::string::npos ? text.size() : std::min(text.size(), end + step);
    size_t consumed = 0;
    parsed.outcome = parser.Put(text.data() + begin, end - begin, consumed);
    begin += consumed;
  }
  parsed.refusal = parsed.outcome == Outcome::kRefused ? parser.refusal() : 0;
  parsed.left = text.size() - begin;
  if (parsed.outcome == Outcome::kComplete) {
    parsed.keep_alive = parser.wants_keep_alive();
    parsed.gzip = parser.accepts_gzip();
    parsed.request = std::move(parser.request());
  }
  return parsed;
}

}  // namespace

TEST_CASE("a request parses the same however it is cut", "[http]") {
  const std::string text =
      "PUT /meshes/default?x=1&y HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      "X-Thing:  padded  \r\nContent-Length: 5\r\n\r\nhelloGET / HTTP";
  for (const size_t step : {size_t{1}, size_t{2}, size_t{7}, size_t{64}, std::string::npos}) {
    CAPTURE(step);
    const Parsed parsed = Parse(text, step);
    REQUIRE(parsed.outcome == Outcome::kComplete);
    CHECK(parsed.request.method == Method::kPut);
    CHECK(parsed.request.target == "/meshes/default?x=1&y");
    CHECK(parsed.request.path == "/meshes/default");
    CHECK(parsed.request.query == "x=1&y");
    CHECK(parsed.request.Find("content-TYPE") == "application/json");
    CHECK(parsed.request.Find("x-thing") == "padded");
    CHECK(parsed.request.body == "hello");
    CHECK(parsed.keep_alive);
    CHECK(parsed.left == 10);
  }
}

TEST_CASE("a chunked body is put together, and its trailers are no headers", "[http]") {
  const Parsed parsed = Parse(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nAuthorization: Bearer late\r\n\r\n",
      3);
  REQUIRE(parsed.outcome == Outcome::kComplete);
  CHECK(parsed.request.body == "hello world");
  CHECK_FALSE(parsed.request.Find("authorization").has_value());
}

TEST_CASE("malformed requests are refused with 400", "[http]") {
  const std::string host = "Host: a\r\n";
  for (const std::string& bad : std::vector<std::string>{
           "GARBAGE\r\n\r\n",
           "GET  / HTTP/1.1\r\n" + host + "\r\n",
           "GET / HTTP/1.1\r\n\r\n",                     // no Host
           "GET / HTTP/1.1\r\n" + host + host + "\r\n",  // two
           "GET nothing HTTP/1.1\r\n" + host + "\r\n",   // not a path
           "GET / HTTP/1.1\r\n" + host + "Authorization: a\r\nauthorization: a\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Authorization:\r\nAuthorization: a\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "No colon\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Space : x\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "A: b\x01\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n",
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host +
               "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host +
               "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
       }) {
    CAPTURE(bad);
    const Parsed parsed = Parse(bad);
    CHECK(parsed.outcome == Outcome::kRefused);
    CHECK(parsed.refusal == 400);
  }
}

TEST_CASE("what is too large is refused before it is held", "[http]") {
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
  const size_t header_max = base::limits::kRequestHeaderBytes;
  CHECK(Parse("GET /" + std::string(header_max, 'a') + " HTTP/1.1\r\n").refusal == 431);
  CHECK(Parse(start + "A: " + std::string(header_max, 'a') + "\r\n\r\n").refusal == 431);
  std::string many = start;
  for (size_t i = 0; i <= base::limits::kHttpHeaders; ++i) many += "A: b\r\n";
  CHECK(Parse(many + "\r\n").refusal == 431);
  CHECK(Parse(start + "Content-Length: 10485761\r\n\r\n").refusal == 413);
  CHECK(Parse(start + "Transfer-Encoding: chunked\r\n\r\nA00001\r\n").refusal == 413);
  CHECK(Parse(start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(70'000, 'x'), 4096)
            .refusal == 431);
  CHECK(Parse(start + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(70'000, 'x'), 4096)
            .refusal == 431);
}

TEST_CASE("the absolute form and a bare query are paths too", "[http]") {
  CHECK(Parse("GET http://h:1/p?q HTTP/1.1\r\nHost: a\r\n\r\n").request.target == "/p?q");
  CHECK(Parse("GET http://h HTTP/1.1\r\nHost: a\r\n\r\n").request.target == "/");
  CHECK(Parse("GET http://h?x HTTP/1.1\r\nHost: a\r\n\r\n").request.target == "/?x");
  CHECK(Parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").request.path == "*");
}

TEST_CASE("HTTP/1.0 and Connection decide whether the connection stays", "[http]") {
  CHECK(Parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n").keep_alive);
  CHECK_FALSE(Parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").keep_alive);
  CHECK_FALSE(Parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(Parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST_CASE("gzip is taken only when the client allows it", "[http]") {
  const auto accepts = [](const std::string& value) {
    return Parse("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: " + value + "\r\n\r\n").gzip;
  };
  CHECK(accepts("gzip"));
  CHECK(accepts("br, GZIP;q=0.5"));
  CHECK(accepts("*"));
  CHECK_FALSE(accepts("gzip;q=0"));
  CHECK_FALSE(accepts("*, gzip;q=0.0"));
  CHECK_FALSE(accepts("br, identity"));
}

}  // namespace skyden::http
