// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/nearest.h"

#include <catch2/catch.hpp>

namespace skyden::base {
namespace {

const std::vector<std::string> kWords = {"serve", "migrate", "provision", "list", "http_address"};

}  // namespace

TEST_CASE("a typing mistake is told from a word of its own", "[base]") {
  for (const auto& [word, meant] : std::vector<std::pair<std::string, std::string>>{
           {"serv", "serve"},      // left out
           {"sereve", "serve"},    // put in
           {"sorve", "serve"},     // exchanged
           {"lsit", "list"},       // swapped
           {"SERVE", "serve"},     // in capitals
           {"prov", "provision"},  // begun
           {"http-addres", "http_address"},
       }) {
    CAPTURE(word);
    CHECK(NearestWord(word, kWords) == "did you mean \"" + meant + "\"?");
  }
  CHECK(NearestWord("frobnicate", kWords) == "the nearest is \"migrate\"");
  CHECK(NearestWord("", kWords) == "the nearest is \"list\"");
  CHECK(NearestWord("x", {}).empty());
}

TEST_CASE("a long word costs no more than a short one", "[base]") {
  CHECK(NearestWord(std::string(1 << 20, 'x'), kWords).size() < 100);
  const std::string text = NotOneOf(std::string(1 << 20, '\n'), kWords);
  CHECK(text.size() < 300);
  CHECK(text.find('\n') == std::string::npos);
}

TEST_CASE("a value is one of those that can be given, or is told which they are", "[base]") {
  CHECK(NotOneOf("list", kWords).empty());
  CHECK(NotOneOf("yam", {"table", "json", "yaml"}) ==
        "\"yam\" is none of table, json, yaml; did you mean \"yaml\"?");
}

}  // namespace skyden::base
