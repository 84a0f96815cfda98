// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/yaml_documents.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/limits.h"
#include "skyden/base/strings.h"

namespace skyden::resources {
namespace {

std::string Error(const std::string& text) {
  const auto documents = ReadYamlDocuments(text);
  return documents.ok() ? "none" : std::string(base::ToStd(documents.status().message()));
}

std::string Only(const std::string& text) {
  const auto documents = ReadYamlDocuments(text);
  return documents.ok() && documents->size() == 1 ? documents->front().json : Error(text);
}

TEST_CASE("documents are numbered without those that are empty", "[resources][transfer]") {
  const auto documents =
      ReadYamlDocuments("# Product: Kuma\n---\na: 1\n---\n# nothing\n---\nb: 2\n");
  REQUIRE(documents.ok());
  REQUIRE(documents->size() == 2);
  CHECK((*documents)[0].json == R"({"a":1})");
  CHECK((*documents)[1].number == 2);
  CHECK((*documents)[1].line == 6);
  CHECK((*documents)[1].json == R"({"b":2})");
}

TEST_CASE("quotes make a string of anything", "[resources][transfer]") {
  CHECK(Only("a: \"true\"\nb: '12'\nc: true\nd: !!str 12\n") ==
        R"({"a":"true","b":"12","c":true,"d":"12"})");
  CHECK(Only("a: |\n  two\n  lines\n") == R"({"a":"two\nlines\n"})");
}

TEST_CASE("JSON is YAML", "[resources][transfer]") {
  CHECK(Only(R"({"a":[1,{"b":null}],"c":"d"})") == R"({"a":[1,{"b":null}],"c":"d"})");
}

TEST_CASE("aliases are expanded", "[resources][transfer]") {
  CHECK(Only("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n") ==
        R"({"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]})");
}

TEST_CASE("mistakes name document and line", "[resources][transfer]") {
  CHECK(Error("a: 1\n---\na: 1\nb: 2\na: 3\n") == "document 2, line 5: the key \"a\" comes twice");
  CHECK(Error("a: [1\n").find("document 1, line") == 0);
  CHECK(Error("a: {<<: {b: 1}}\n") == "document 1, line 1: merge keys (<<) are not supported");
  CHECK(Error("a: .inf\n") == "document 1, line 1: \".inf\" has no place in JSON");
  CHECK(Error("a: !!binary aGk=\n").find("tag") != std::string::npos);
  CHECK(Error("[a]: b\n").find("key") != std::string::npos);
  CHECK(Error("a: 1\nb: \x01\n") == "line 2: control characters are not allowed");
  CHECK(Error("a: \xff\n") == "the text is not UTF-8");
}

TEST_CASE("what the parser gets stuck at ends", "[resources][transfer]") {
  CHECK(Error(",0:(ax 01, ]}\nc: NULL:{type: Zone}]\n") != "none");
  CHECK(Error("]\n") != "none");
  CHECK(Error("a: 1\n...\n...\nb: 2\n") == "none");
}

TEST_CASE("a small text cannot grow large", "[resources][transfer]") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(Error(bomb).find("document 1") == 0);
  CHECK(Error("a: &x [*x]\n").find("alias") != std::string::npos);
}

TEST_CASE("nesting is bounded", "[resources][transfer]") {
  const auto nested = [](size_t depth) {
    return "a: " + std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(Error(nested(90)) == "none");
  CHECK(Error(nested(200)).find("nested deeper than 100") != std::string::npos);
  CHECK(Error(nested(100'000)) != "none");
}

TEST_CASE("values of one document are bounded", "[resources][transfer]") {
  std::string text = "a: [";
  for (size_t i = 0; i < base::limits::kImportDocumentNodes + 1; ++i) text += "1,";
  CHECK(Error(text + "1]").find("more than") != std::string::npos);
}

}  // namespace
}  // namespace skyden::resources
