// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <catch2/catch.hpp>
#include <sstream>

namespace skyden::cli {
namespace {

std::string Table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows) {
  std::ostringstream out;
  PrintTable(out, head, rows);
  return out.str();
}

TEST_CASE("columns are as wide as their widest cell, and lines end without blanks", "[cli]") {
  CHECK(Table({"NAME", "ID"}, {{"a", "1"}, {"longer", "2"}, {"b", ""}}) ==
        "NAME    ID\n"
        "a       1\n"
        "longer  2\n"
        "b\n");
}

TEST_CASE("a name of several bytes a character keeps the columns straight", "[cli]") {
  CHECK(Table({"N", "ID"}, {{"z\xc3\xbcrich", "1"}, {"abcdef", "2"}}) ==
        "N       ID\n"
        "z\xc3\xbcrich  1\n"
        "abcdef  2\n");
}

TEST_CASE("a name cannot play with the terminal", "[cli]") {
  CHECK(Table({"N"}, {{"a\x1b[2Jb\nc"}}) == "N\na\\u001b[2Jb\\u000ac\n");
  // C1 and what turns the direction of text: the columns stay straight.
  CHECK(Table({"N", "ID"}, {{"a\xc2\x9b"
                             "2J",
                             "1"},
                            {"b\xe2\x80\xae", "2"}}) ==
        "N          ID\n"
        "a\\u009b2J  1\n"
        "b\\u202e    2\n");
}

TEST_CASE("a document on a terminal says what it says to a program", "[cli]") {
  const Json document = {{"name",
                          "a\xc2\x9b"
                          "2J\xe2\x80\xae\x7f z\xc3\xbcrich"}};
  CHECK(JsonLine(document) == "{\"name\":\"a\\u009b2J\\u202e\\u007f z\xc3\xbcrich\"}");
  CHECK(Json::parse(JsonLine(document)) == document);
  for (const Format format : {Format::kJson, Format::kYaml}) {
    std::ostringstream out;
    PrintDocument(out, format, document);
    CHECK(out.str().find("a\\u009b2J\\u202e\\u007f z\xc3\xbcrich") != std::string::npos);
    CHECK(out.str().ends_with(format == Format::kJson ? "\n}\n" : "\"\n"));
  }
}

TEST_CASE("a cell shows strings bare, other values as JSON, and nothing for nothing", "[cli]") {
  const Json object = {{"s", "text"}, {"n", 3}, {"b", true}, {"null", nullptr}};
  CHECK(Cell(object, "s") == "text");
  CHECK(Cell(object, "n") == "3");
  CHECK(Cell(object, "b") == "true");
  CHECK(Cell(object, "null").empty());
  CHECK(Cell(object, "missing").empty());
  CHECK(Cell(Json::array(), "s").empty());
}

TEST_CASE("YAML reads back as what it was written from", "[cli]") {
  const Json document = {{"plain", "zone-1"},
                         {"time", "2030-01-31T12:00:00Z"},
                         {"no", "no"},
                         {"null", "null"},
                         {"number", "7"},
                         {"seven", 7},
                         {"empty", ""},
                         {"sign", "a: b # c"},
                         {"lines", "a\nb"},
                         {"nothing", nullptr},
                         {"none", Json::array()},
                         {"list", {{{"a", 1}, {"b", {1, 2}}}, "x"}},
                         {"nested", {{"deep", {{"deeper", true}}}}}};
  std::ostringstream out;
  PrintDocument(out, Format::kYaml, document);
  CHECK(out.str() ==
        "empty: \"\"\n"
        "lines: \"a\\nb\"\n"
        "list:\n"
        "- a: 1\n"
        "  b:\n"
        "  - 1\n"
        "  - 2\n"
        "- x\n"
        "nested:\n"
        "  deep:\n"
        "    deeper: true\n"
        "\"no\": \"no\"\n"
        "none: []\n"
        "nothing: null\n"
        "\"null\": \"null\"\n"
        "number: \"7\"\n"
        "plain: zone-1\n"
        "seven: 7\n"
        "sign: \"a: b # c\"\n"
        "time: \"2030-01-31T12:00:00Z\"\n");
}

TEST_CASE("a URL's part is encoded so that it stays one part", "[cli]") {
  CHECK(EncodeUrl("a b/c?d&e=f#g") == "a%20b%2Fc%3Fd%26e%3Df%23g");
  CHECK(EncodeUrl("plain-._~09") == "plain-._~09");
  CHECK(EncodeUrl("\xff") == "%FF");
}

TEST_CASE("times are shown to the second", "[cli]") {
  CHECK(TimeCell({{"t", "2026-01-02T03:04:05.123456789Z"}}, "t") == "2026-01-02T03:04:05Z");
  CHECK(TimeCell({{"t", "2026-01-02T03:04:05.1+02:00"}}, "t") == "2026-01-02T03:04:05+02:00");
  CHECK(TimeCell({{"t", "2026-01-02T03:04:05Z"}}, "t") == "2026-01-02T03:04:05Z");
  CHECK(TimeCell({{"t", "x."}}, "t") == "x");
  CHECK(TimeCell(Json::object(), "t").empty());
}

}  // namespace
}  // namespace skyden::cli
