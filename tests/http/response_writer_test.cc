// SPDX-License-Identifier: Apache-2.0
#include "http/response_writer.h"

#include <catch2/catch.hpp>

#include "skyden/base/gzip.h"

namespace skyden::http {

TEST_CASE("a head has a length unless the status has no body", "[http]") {
  std::string out;
  AppendHead({.status = 201, .content_type = "application/json", .body = "{}", .headers = {}},
             Persistence::kKeepAlive, Framing::kLength, "now", out);
  CHECK(out ==
        "HTTP/1.1 201 Created\r\nDate: now\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\n\r\n");
  out.clear();
  AppendHead({.status = 204, .content_type = "", .body = "", .headers = {{"A", "b"}}},
             Persistence::kClose, Framing::kLength, "now", out);
  CHECK(out == "HTTP/1.1 204 No Content\r\nDate: now\r\nA: b\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a header value cannot begin another header", "[http]") {
  std::string out;
  AppendHead(
      {.status = 200, .content_type = "", .body = "", .headers = {{"A", "b\r\nSet-Cookie: x"}}},
      Persistence::kKeepAlive, Framing::kLength, "now", out);
  CHECK(out.find("\r\nSet-Cookie") == std::string::npos);
}

TEST_CASE("only large texts are compressed", "[http]") {
  Response small{.status = 200, .content_type = "application/json", .body = "{}", .headers = {}};
  CompressBody(small);
  CHECK(small.body == "{}");
  Response binary{
      .status = 200, .content_type = "image/png", .body = std::string(5000, 'a'), .headers = {}};
  CompressBody(binary);
  CHECK(binary.headers.empty());
  Response text{.status = 200,
                .content_type = "application/json",
                .body = std::string(5000, 'a'),
                .headers = {}};
  CompressBody(text);
  CHECK(text.body.size() < 200);
  CHECK(base::Gunzip(text.body, 10'000).value() == std::string(5000, 'a'));
  REQUIRE(text.headers.size() == 2);
  CHECK(text.headers[0].value == "gzip");
}

}  // namespace skyden::http
