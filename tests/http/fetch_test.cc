// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/fetch.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/http/server.h"

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
  CHECK(absl::IsUnavailable(Fetch(served.Url("/"), {.bytes_max = 999, .ca_file = {}}).status()));
}

TEST_CASE("nobody there, and addresses that are none", "[http]") {
  CHECK(absl::IsUnavailable(Fetch("http://127.0.0.1:1/", {}).status()));
  for (const char* bad : {"", "ftp://x/", "127.0.0.1:80", "file:///etc/passwd"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(Fetch(bad, {}).status()));
  }
}

}  // namespace
}  // namespace skyden::http
