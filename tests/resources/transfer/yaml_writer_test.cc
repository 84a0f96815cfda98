// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/yaml_writer.h"

#include <catch2/catch.hpp>
#include <string>

#include "resources/transfer/yaml_documents.h"

namespace skyden::resources {
namespace {

std::string Yaml(std::string_view json) {
  std::string text;
  AppendYaml(json, text);
  return text;
}

TEST_CASE("JSON is printed in blocks, by name", "[resources][transfer]") {
  CHECK(Yaml(R"({"b":[{"q":[1,[2]],"p":{}},"s"],"a":{"c":true,"d":[]},"e":null})") ==
        "a:\n"
        "  c: true\n"
        "  d: []\n"
        "b:\n"
        "- p: {}\n"
        "  q:\n"
        "  - 1\n"
        "  -\n"
        "    - 2\n"
        "- s\n"
        "e: null\n");
}

TEST_CASE("only strings that could be misread are quoted", "[resources][transfer]") {
  CHECK(Yaml(R"({"a":"kuma.io/mesh","b":"10s","c":"aGVsbG8="})") ==
        "a: kuma.io/mesh\nb: 10s\nc: aGVsbG8=\n");
  CHECK(Yaml(R"({"a":"true","b":"12","c":"","d":"y","e":"a b","f":"2026-01-02","g":"-x"})") ==
        "a: \"true\"\nb: \"12\"\nc: \"\"\nd: \"y\"\ne: \"a b\"\nf: \"2026-01-02\"\ng: \"-x\"\n");
}

TEST_CASE("a zero keeps its sign", "[resources][transfer]") {
  CHECK(Yaml(R"({"a":-0,"b":[-0]})") == "a: -0.0\nb:\n- -0.0\n");
  const auto again = ReadYamlDocuments("a: -0.0\n");
  REQUIRE(again.ok());
  CHECK(again->front().json == R"({"a":-0})");
}

TEST_CASE("what is printed reads back the same", "[resources][transfer]") {
  for (const std::string json :
       {R"({"a":"x\n\ty: |\n","b":"{{ label \"x\" }}","c":"\u00e9\ud83d\ude00","d":"'\"\\"})",
        R"({"n":[1,-2.5,1e+30],"o":[[],{},[[1],{"k":"v"}]],"z":{"":"empty","a b":"#"}})",
        R"({"a":"0x1F","b":"1_000","c":".5","d":"0o7","e":"null","f":"~","g":"<<","h":"="})"}) {
    const auto documents = ReadYamlDocuments(Yaml(json));
    CAPTURE(json, Yaml(json));
    REQUIRE(documents.ok());
    REQUIRE(documents->size() == 1);
    CHECK(Yaml(documents->front().json) == Yaml(json));
  }
}

}  // namespace
}  // namespace skyden::resources
