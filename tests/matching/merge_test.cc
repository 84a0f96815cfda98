// SPDX-License-Identifier: Apache-2.0
#include "matching/merge.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "matching/policy.h"

namespace skyden::matching {
namespace {

std::string Merged(const std::vector<std::string>& texts, ConfShape shape = ConfShape::kPlain) {
  std::vector<Json> confs;
  for (const std::string& text : texts) confs.push_back(ParseJson(text));
  std::vector<const Json*> pointers;
  for (const Json& conf : confs) pointers.push_back(&conf);
  std::string out;
  for (const Json& conf : MergeConfs(pointers, shape)) out += (out.empty() ? "" : " ") + Text(conf);
  return out;
}

TEST_CASE("confs merge member by member, and the later one wins", "[merge]") {
  struct Case {
    const char* what;
    std::vector<std::string> confs;
    const char* merged;
  };
  const Case cases[] = {
      {"nothing", {}, ""},
      {"one", {R"({"a":1})"}, R"({"a":1})"},
      {"different members", {R"({"a":1})", R"({"b":2})"}, R"({"a":1,"b":2})"},
      {"the same member", {R"({"a":1})", R"({"a":2})"}, R"({"a":2})"},
      {"nested", {R"({"h":{"a":1,"b":1}})", R"({"h":{"b":2}})"}, R"({"h":{"a":1,"b":2}})"},
      {"lists are replaced", {R"({"l":[1,2]})", R"({"l":[3]})"}, R"({"l":[3]})"},
      {"an empty list replaces", {R"({"l":[1]})", R"({"l":[]})"}, R"({"l":[]})"},
      {"null removes", {R"({"a":1,"b":1})", R"({"a":null})"}, R"({"b":1})"},
      {"an object replaces a scalar", {R"({"a":1})", R"({"a":{"b":2}})"}, R"({"a":{"b":2}})"},
      {"three", {R"({"a":1})", R"({"a":2,"b":2})", R"({"b":3})"}, R"({"a":2,"b":3})"},
      {"lists that are appended",
       {R"({"appendMatch":[1,2]})", R"({"appendMatch":[3]})"},
       R"({"appendMatch":[1,2,3]})"},
      {"appended further down",
       {R"({"p":{"appendProfiles":[1]}})", R"({"q":1})", R"({"p":{"appendProfiles":[2]}})"},
       R"({"p":{"appendProfiles":[1,2]},"q":1})"},
      {"appended where one has none",
       {R"({"appendMatch":[1]})", R"({"passthroughMode":"All"})"},
       R"({"appendMatch":[1],"passthroughMode":"All"})"},
      {"nothing to append", {R"({"appendMatch":[]})"}, R"({"appendMatch":null})"},
      {"a name that only looks like it",
       {R"({"appendix":[1]})", R"({"appendix":[2]})"},
       R"({"appendix":[2]})"},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    CHECK(Merged(c.confs) == c.merged);
  }
}

std::string Rule(const std::string& path, const std::string& conf) {
  return R"({"matches":[{"path":")" + path + R"("}],"default":)" + conf + "}";
}

TEST_CASE("rules of routes merge when they match the same, and keep the place of the last",
          "[merge]") {
  // As stored: what counts most stands last.
  const std::string base =
      R"({"rules":[)" + Rule("/b", R"({"x":1})") + "," + Rule("/a", R"({"x":1,"y":1})") + "]}";
  const std::string over = R"({"rules":[)" + Rule("/a", R"({"y":2})") + "]}";
  CHECK(Merged({base}, ConfShape::kByHostname) ==
        R"({"rules":[)" + Rule("/a", R"({"x":1,"y":1})") + "," + Rule("/b", R"({"x":1})") + "]}");
  CHECK(Merged({base, over}, ConfShape::kByHostname) ==
        R"({"rules":[)" + Rule("/a", R"({"x":1,"y":2})") + "," + Rule("/b", R"({"x":1})") + "]}");
  CHECK(Merged({over, base}, ConfShape::kByHostname) ==
        R"({"rules":[)" + Rule("/a", R"({"y":1,"x":1})") + "," + Rule("/b", R"({"x":1})") + "]}");
}

TEST_CASE("routes of different hostnames do not merge", "[merge]") {
  const std::string one =
      R"({"rules":[)" + Rule("/a", R"({"x":1})") + R"(],"hostnames":["a","b"]})";
  const std::string two = R"({"rules":[)" + Rule("/a", R"({"y":2})") + R"(],"hostnames":["b"]})";
  const std::string none = R"({"rules":[)" + Rule("/a", R"({"z":3})") + "]}";
  CHECK(Merged({one, two, none}, ConfShape::kByHostname) ==
        R"({"rules":[)" + Rule("/a", R"({"x":1})") + R"(],"hostnames":["a"]} )" + R"({"rules":[)" +
            Rule("/a", R"({"x":1,"y":2})") + R"(],"hostnames":["b"]} )" + none);
}

TEST_CASE("matches are hashed as Go prints them", "[merge]") {
  // The values are those that a Kuma 2.14.3 answered.
  CHECK(HashOfMatches(ParseJson(R"([{"path":{"value":"/","type":"PathPrefix"}}])")) ==
        "9Zuf5Tg79OuZcQITwBbQykxAk2u4fRKrwYn3//AL4Yo=");
  CHECK(HashOfMatches(ParseJson(R"([{"path":{"value":"/v1","type":"Exact"}}])")) ==
        "UkljwUmdNgj2GaRJ+xiCQ4z2j0K3pekYtRiFZOKQYo8=");
}

}  // namespace
}  // namespace skyden::matching
