// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/yaml_documents.h"

#include <catch2/catch.hpp>
#include <string>

#include "resources/go/yaml.h"
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
  CHECK((*documents)[1].line == 7);
  CHECK((*documents)[1].json == R"({"b":2})");
}

TEST_CASE("quotes make a string of anything", "[resources][transfer]") {
  CHECK(Only("a: \"true\"\nb: '12'\nc: true\nd: !!str 12\n") ==
        R"({"a":"true","b":"12","c":true,"d":"12"})");
  CHECK(Only("a: |\n  two\n  lines\nb: 1\n") == R"({"a":"two\nlines\n","b":1})");
}

TEST_CASE("JSON is YAML", "[resources][transfer]") {
  CHECK(Only(R"({"a":[1,{"b":null}],"c":"d"})") == R"({"a":[1,{"b":null}],"c":"d"})");
}

TEST_CASE("aliases are expanded", "[resources][transfer]") {
  CHECK(Only("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n") ==
        R"({"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]})");
}

TEST_CASE("merge keys add the members of other mappings", "[resources][transfer]") {
  CHECK(Only("d: &d {a: 1, b: 2}\ne: {<<: *d, b: 3}\n") ==
        R"({"d":{"a":1,"b":2},"e":{"a":1,"b":3}})");
  // What stands behind overrides, so a merge key that comes last wins.
  CHECK(Only("d: &d {a: 1}\ne: {a: 2, <<: *d}\n") == R"({"d":{"a":1},"e":{"a":1}})");
  // Of a list the first wins.
  CHECK(Only("x: &x {a: 1, b: 1}\ny: &z {b: 2, c: 2}\ne: {<<: [*x, *z, {d: 4}]}\n") ==
        R"({"e":{"a":1,"b":1,"c":2,"d":4},"true":{"b":2,"c":2},"x":{"a":1,"b":1}})");
  CHECK(Only("a: {<<: {b: {<<: {c: 1}}}}\n") == R"({"a":{"b":{"c":1}}})");
  // Merged twice is no name twice.
  CHECK(Only("d: &d {a: 1}\ne: {<<: *d, <<: {a: 2}}\n") == R"({"d":{"a":1},"e":{"a":2}})");
  // In quotes it is a name like any other.
  CHECK(Only("a: {\"<<\": 1}\n") == R"({"a":{"\u003c\u003c":1}})");
  CHECK(Error("a: {<<: 1}\n") ==
        "document 1, line 1: map merge requires map or sequence of maps as the value");
  CHECK(Error("a: &a [1]\nb: {<<: *a}\n").find("line 2: map merge requires") != std::string::npos);
  CHECK(Error("a: &a {<<: *a}\n").find("contains itself") != std::string::npos);
  CHECK(Error("a: &a {b: {<<: *a}, c: {<<: *a}}\n").find("contains itself") != std::string::npos);
  CHECK(Error("a: &a {x: 1}\nb: {<<: *a, x: 2, x: 3}\n").find("comes twice") != std::string::npos);
}

TEST_CASE("a stream is cut where kumactl cuts it", "[resources][transfer]") {
  CHECK(Error("%YAML 1.1\n---\na: 1\n") ==
        "document 1, line 1: did not find expected <document start>");
  CHECK(Error("%YAML 1.2\n") != "none");
  CHECK(Only("\n\n---\n---\n  a: 1\n---   \n") == R"({"a":1})");
  CHECK(Error("a: |\n  x\n---\ny: [\n") ==
        "document 2, line 4: did not find expected node content");
  // The space around the markers is nobody's.
  CHECK(Only("---   a: 1\n   \n") == R"({"a":1})");
  CHECK(Only("---\na: |\n  last\n") == R"({"a":"last"})");
  CHECK(Error("---\n  a: 1\n  b: 2\n") != "none");
}

TEST_CASE("mistakes name document and line", "[resources][transfer]") {
  CHECK(Error("a: 1\n---\na: 1\nb: 2\na: 3\n") == "document 2, line 5: the key \"a\" comes twice");
  CHECK(Error("a: [1\n").find("document 1, line") == 0);
  CHECK(Error("a: .inf\n") == "document 1, line 1: \".inf\" has no place in JSON");
  CHECK(Error("a: !!int x\n") == "document 1, line 1: cannot decode !!str `x` as a !!int");
  CHECK(Error("a: 1\nb: *x\n") == "document 1, line 2: unknown anchor 'x' referenced");
  CHECK(Error("{a: 1, y: 2, true: 3}\n") == "document 1, line 1: the key \"true\" comes twice");
  CHECK(Error("[a]: b\n").find("key") != std::string::npos);
  CHECK(Error("a: 1\nb: \x01\n") == "document 1, line 2: control characters are not allowed");
  CHECK(Error("a: \xff\n") == "the text is not UTF-8");
}

TEST_CASE("what the parser gets stuck at ends", "[resources][transfer]") {
  CHECK(Error(",0:(ax 01, ]}\nc: NULL:{type: Zone}]\n") != "none");
  CHECK(Error("]\n") != "none");
  CHECK(Error("a: 1\n...\n") == "none");
  CHECK(Error("a: 1\n...\nb: 2\n") == "document 2, line 3: did not find expected <document start>");
}

TEST_CASE("a small text cannot grow large", "[resources][transfer]") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", *a" : "*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(Error(bomb) == "document 1, line 4: document contains excessive aliasing");
  std::string merges = "a0: &a0 {x: [1, 2, 3, 4, 5, 6, 7, 8, 9]}\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    merges += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [" + before + ", " +
              before + "], b: " + before + ", c: {<<: " + before + "}}\n";
  }
  CHECK(Error(merges).find("document contains excessive aliasing") != std::string::npos);
  std::string long_text = "a: &a " + std::string(1 << 20, 'x') + "\nb: [*a";
  for (int i = 0; i < 10; ++i) long_text += ", *a";
  CHECK(Error(long_text + "]\n").find("the document is over 6291456 bytes") != std::string::npos);
  CHECK(Error("a: &x [*x]\n").find("contains itself") != std::string::npos);
}

TEST_CASE("nesting is bounded", "[resources][transfer]") {
  const auto nested = [](size_t depth) {
    return "a: " + std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(Error(nested(90)) == "none");
  CHECK(Error(nested(200)).find("nested deeper than 100") != std::string::npos);
  CHECK(Error(nested(100'000)) != "none");
}

TEST_CASE("directives of tags are bounded", "[resources][transfer]") {
  const auto directives = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "%TAG !t" + std::to_string(i) + "! tag:x\n";
    return text;
  };
  const auto read = [](const std::string& text) { return YamlToJson(text + "---\na: !t1!x b\n"); };
  CHECK(read(directives(100)).value_or("") == R"({"a":"b"})");
  CHECK(base::ToStd(read(directives(101)).status().message()) ==
        "line 1: too many %TAG directives");
}

TEST_CASE("values of one document are bounded", "[resources][transfer]") {
  std::string text = "a: [";
  for (size_t i = 0; i < base::limits::kImportDocumentNodes + 1; ++i) text += "1,";
  CHECK(Error(text + "1]").find("more than") != std::string::npos);
}

}  // namespace
}  // namespace skyden::resources
