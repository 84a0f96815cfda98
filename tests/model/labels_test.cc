// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/labels.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

namespace skyden::model {
namespace {

std::map<std::string, std::string> MapOf(const Labels& labels) {
  return {labels.begin(), labels.end()};
}

TEST_CASE("labels are in bytewise order, whatever order they were given in", "[model]") {
  const Labels labels{{"b", "2"}, {"a", "1"}, {"kuma.io/zone", "east"}, {"B", "0"}};
  std::string text;
  for (const auto& [key, value] : labels) text.append(key).append("=").append(value).append(" ");
  CHECK(text == "B=0 a=1 b=2 kuma.io/zone=east ");
  CHECK(labels == Labels{{"B", "0"}, {"kuma.io/zone", "east"}, {"a", "1"}, {"b", "2"}});
}

TEST_CASE("the first of two labels with the same key counts", "[model]") {
  CHECK(Labels{{"a", "1"}, {"a", "2"}} == Labels{{"a", "1"}});
  Labels labels{{"a", "1"}};
  CHECK_FALSE(labels.emplace("a", "2").second);
  CHECK_FALSE(labels.insert({"a", "3"}).second);
  CHECK(labels.at("a") == "1");
  labels.insert_or_assign("a", std::string("4"));
  CHECK(labels.at("a") == "4");
}

TEST_CASE("labels compare pair by pair", "[model]") {
  CHECK(Labels{{"a", "1"}} < Labels{{"a", "2"}});
  CHECK(Labels{{"a", "2"}} < Labels{{"a", "2"}, {"b", "1"}});
  CHECK(Labels{{"a", "9"}} < Labels{{"b", "0"}});
}

TEST_CASE("a label that is not there is not found, and its removal changes nothing", "[model]") {
  Labels labels{{"b", "1"}, {"d", "2"}};
  for (const char* missing : {"", "a", "c", "e"}) {
    CAPTURE(missing);
    CHECK(labels.find(missing) == labels.end());
    CHECK(labels.count(missing) == 0);
    CHECK(labels.erase(missing) == 0);
    CHECK_THROWS_AS(labels.at(missing), std::out_of_range);
  }
  CHECK(labels.size() == 2);
}

TEST_CASE("labels act as a map does, over random changes", "[model]") {
  std::mt19937 random(20221);
  Labels labels;
  std::map<std::string, std::string> map;
  for (int step = 0; step < 2000; ++step) {
    const std::string key = std::to_string(random() % 30);
    const std::string value = std::to_string(step);
    switch (random() % 5) {
      case 0:
        CHECK(labels.emplace(key, value).second == map.emplace(key, value).second);
        break;
      case 1:
        labels[key] += value;
        map[key] += value;
        break;
      case 2:
        CHECK(labels.erase(key) == map.erase(key));
        break;
      case 3:
        labels.insert_or_assign(key, value);
        map.insert_or_assign(key, value);
        break;
      default:
        if (const auto found = labels.find(key); found != labels.end()) labels.erase(found);
        map.erase(key);
    }
    REQUIRE(MapOf(labels) == map);
  }
}

}  // namespace
}  // namespace skyden::model
