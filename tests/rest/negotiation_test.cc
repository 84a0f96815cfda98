// SPDX-License-Identifier: Apache-2.0
#include "rest/negotiation.h"

#include <catch2/catch.hpp>

namespace skyden::rest {
namespace {

http::Request MakeRequest(http::Method method, std::vector<http::Header> headers) {
  http::Request request;
  request.method = method;
  request.headers = std::move(headers);
  request.path = "/v1/mesh/control-planes/x/api/meshes";
  request.peer_ip = "10.0.0.1";
  return request;
}

}  // namespace

TEST_CASE("bodies must be JSON, answers may be", "[rest]") {
  using http::Method;
  const auto refused = [](Method method, std::vector<http::Header> headers) {
    return RefusedRepresentation(MakeRequest(method, std::move(headers))).value_or(0);
  };
  CHECK(refused(Method::kGet, {}) == 0);
  CHECK(refused(Method::kDelete, {}) == 0);
  CHECK(refused(Method::kPut, {}) == 415);
  CHECK(refused(Method::kPost, {{"Content-Type", "text/plain"}}) == 415);
  CHECK(refused(Method::kGet, {{"Content-Type", "text/plain"}}) == 415);
  CHECK(refused(Method::kPut, {{"content-type", "application/json; charset=utf-8"}}) == 0);
  CHECK(refused(Method::kPut, {{"content-type", "APPLICATION/JSON"}}) == 415);
  CHECK(refused(Method::kPut, {{"content-type", "*/*"}}) == 415);
  CHECK(refused(Method::kGet, {{"Accept", "Application/Json"}}) == 406);
  CHECK(refused(Method::kGet, {{"Accept", "text/html"}}) == 406);
  CHECK(refused(Method::kGet, {{"Accept", "text/html, application/json;q=0.9"}}) == 0);
  CHECK(refused(Method::kGet, {{"Accept", "text/html,*/*;q=0.8"}}) == 0);
}

TEST_CASE("the next page is where the client came from, with another offset", "[rest]") {
  auto request = MakeRequest(http::Method::kGet, {{"Host", "cp.example:5681"}});
  CHECK(NextLink(request, {}, 100) ==
        "http://cp.example:5681/v1/mesh/control-planes/x/api/meshes?offset=100");
  request.query = "size=5&offset=5&name=a+b&filter[labels.x]=y&tag=c&tag=b";
  request.tls = true;
  CHECK(NextLink(request, {}, 10) ==
        "https://cp.example:5681/v1/mesh/control-planes/x/api/meshes?filter%5Blabels.x%5D=y"
        "&name=a+b&offset=10&size=5&tag=c&tag=b");
}

TEST_CASE("forwarded headers count only from proxies that are trusted", "[rest]") {
  const auto request = MakeRequest(http::Method::kGet, {{"Host", "inside:5681"},
                                                        {"X-Forwarded-Proto", "https"},
                                                        {"X-Forwarded-Host", "outside, inside"}});
  CHECK(ExternalOrigin(request, {}) == "http://inside:5681");
  CHECK(ExternalOrigin(request, {"10.0.0.2"}) == "http://inside:5681");
  CHECK(ExternalOrigin(request, {"10.0.0.1"}) == "https://outside");
}

TEST_CASE("a host that is none does not get into links", "[rest]") {
  const auto request = MakeRequest(http::Method::kGet, {{"Host", "a\"<b>"}});
  CHECK(ExternalOrigin(request, {}) == "http://");
}

}  // namespace skyden::rest
