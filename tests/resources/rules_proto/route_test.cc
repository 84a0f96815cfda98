// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "resources/proto/jsonpb.h"
#include "tests/resources/rules_proto/testing.h"

namespace skyden::resources::testing {
namespace {

Strings Route(const std::string& conf) {
  return Problems("TrafficRoute", R"("sources":[{"match":{"kuma.io/service":"*"}}],)"
                                  R"("destinations":[{"match":{"kuma.io/service":"b"}}],"conf":)" +
                                      conf);
}

// One HTTP rule beside a good destination.
Strings Http(const std::string& rule) {
  return Route(R"({"destination":{"kuma.io/service":"b"},"http":[)" + rule + "]}");
}

TEST_CASE("traffic goes to a split or to a destination", "[resources][rules][route]") {
  const std::string to = R"("destination":{"kuma.io/service":"b"})";
  CHECK(Route("null") == Strings{"conf: cannot be empty"});
  CHECK(Route("{" + to + "}").empty());
  CHECK(Route("{}") == Strings{R"(conf: requires either "destination" or "split")"});
  CHECK(Route(R"({"split":[]})") == Strings{R"(conf: requires either "destination" or "split")"});
  CHECK(Route("{" + to + R"(,"split":[{"weight":1,)" + to + "}]}") ==
        Strings{R"(conf: "split" cannot be defined at the same time as "destination")"});
  CHECK(Route(R"({"split":[{"weight":0,)" + to + R"(},{"destination":{"v":"1"}}]})") ==
        Strings{"conf.split[1].weight: needs to be defined",
                "conf.split[1].destination: mandatory tag \"kuma.io/service\" is missing",
                "conf.split: there must be at least one split entry with weight above 0"});
}

TEST_CASE("an empty destination is there, and wrong", "[resources][rules][route]") {
  CHECK(Route(R"({"destination":{}})") ==
        Strings{"conf.destination: must have at least one tag",
                "conf.destination: mandatory tag \"kuma.io/service\" is missing"});
}

TEST_CASE("an HTTP rule matches something", "[resources][rules][route]") {
  const std::string to = R"(,"destination":{"kuma.io/service":"c"}})";
  CHECK(Http(R"({"match":{"path":{"exact":""}})" + to).empty());
  CHECK(Http(R"({"match":{})" + to) ==
        Strings{"conf.http[0].match: must be present and contain at least one of the elements: "
                "\"method\", \"path\" or \"headers\""});
  CHECK(Http(R"({"match":{"headers":{}})" + to) ==
        Strings{"conf.http[0].match.headers: must contain at least one element"});
  CHECK(
      Http(R"({"match":{"method":{},"path":{"prefix":""},"headers":{"":{"regex":""},"a":{}}})" +
           to) ==
      Strings{
          R"(conf.http[0].match.method: cannot be empty. Available options: "exact", "split" or "regex")",
          "conf.http[0].match.path.prefix: cannot be empty",
          "conf.http[0].match.headers[\"\"]: cannot be empty",
          "conf.http[0].match.headers[\"\"].regex: cannot be empty",
          R"(conf.http[0].match.headers["a"]: cannot be empty. Available options: "exact", "split" or "regex")"});
  CHECK(Http(R"({"match":{"path":{"exact":"/"}}})") ==
        Strings{R"(conf.http[0]: requires either "destination" or "split")"});
}

TEST_CASE("an HTTP rule changes only what may change", "[resources][rules][route]") {
  const auto modify = [](const std::string& change) {
    return Http(R"({"match":{"path":{"exact":"/"}},"destination":{"kuma.io/service":"c"},)"
                R"("modify":)" +
                change + "}");
  };
  const std::string at = "conf.http[0].modify.";
  CHECK(modify(R"({"path":{},"host":{}})") ==
        Strings{at + R"(path: either "rewritePrefix" or "regex" has to be set)",
                at + R"(host: either "value" or "fromPath" has to be set)"});
  CHECK(modify(R"({"path":{"rewritePrefix":""},"host":{"value":""}})") ==
        Strings{at + "path.rewritePrefix: cannot be empty", at + "host.value: cannot be empty"});
  CHECK(modify(R"({"path":{"rewritePrefix":"/x"},"host":{"fromPath":{}}})") ==
        Strings{at + "path.rewritePrefix: can only be set when .http.match.path.prefix is not "
                     "empty",
                at + "host.fromPath.pattern: cannot be empty",
                at + "host.fromPath.substitution: cannot be empty"});
  CHECK(modify(R"({"requestHeaders":{"add":[{"name":"Host","value":"v"},{"name":"x"}],
                   "remove":[{"name":":path"},{}]},"responseHeaders":{"remove":[{"name":"ok"}]}})") ==
        Strings{at + "requestHeaders.add[0].name: host header and HTTP/2 pseudo-headers are not "
                     "allowed to be modified",
                at + "requestHeaders.add[1].value: cannot be empty",
                at + "requestHeaders.remove[0].name: host header and HTTP/2 pseudo-headers are not "
                     "allowed to be modified",
                at + "requestHeaders.remove[1].name: cannot be empty"});
}

TEST_CASE("load balancers have sane parameters", "[resources][rules][route]") {
  const auto balancer = [](const std::string& text) {
    return Route(R"({"destination":{"kuma.io/service":"b"},"loadBalancer":)" + text + "}");
  };
  CHECK(balancer("{}").empty());
  CHECK(balancer(R"({"leastRequest":{}})").empty());
  CHECK(balancer(R"({"leastRequest":{"choiceCount":1}})") ==
        Strings{"conf.loadBalancer.leastRequest.choiceCount: value must be greater than or equal "
                "to 2"});
  CHECK(balancer(R"({"ringHash":{"hashFunction":"MURMUR_HASH_2"}})").empty());
  CHECK(balancer(R"({"ringHash":{}})") ==
        Strings{"conf.loadBalancer.ringHash.hashFunction: must have a valid hash function"});
}

}  // namespace
}  // namespace skyden::resources::testing
