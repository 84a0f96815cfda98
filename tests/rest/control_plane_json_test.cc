// SPDX-License-Identifier: Apache-2.0
#include "rest/control_plane_json.h"

#include <catch2/catch.hpp>

#include "rest/control_plane_figures.h"

namespace skyden::rest {
namespace {

using Op = control_planes::ListControlPlanes::Filter::Op;

template <class T>
std::vector<std::string> FieldsOf(const Decoded<T>& decoded) {
  std::vector<std::string> fields;
  for (const InvalidParameter& one : decoded.invalid) fields.push_back(one.field + ":" + one.rule);
  return fields;
}

}  // namespace

TEST_CASE("a new control plane needs a name and nothing else", "[rest]") {
  const auto decoded = DecodeCreate(R"({"name":"a"})");
  REQUIRE(decoded.value.has_value());
  CHECK(decoded.value->name == "a");
  CHECK(decoded.value->mesh_creation);
  CHECK(decoded.value->api_version.empty());
}

TEST_CASE("daemons that did not say whom they turned away are named beside the list", "[rest]") {
  const std::vector<kds::RejectedConnection> rejected = {
      {.at = absl::UnixEpoch(), .peer = "", .unanswered = "skyden-b"},
      {.at = absl::UnixEpoch(), .peer = "10.0.0.1:1", .zone_name = "z", .reason = "no"}};
  CHECK(RejectedConnectionsJson(rejected, {}, absl::UnixEpoch()) ==
        R"({"data":[{"at":"1970-01-01T00:00:00Z","peer":"10.0.0.1:1","zone_name":"z",)"
        R"("reason":"no"}],"unanswered":["skyden-b"]})");
  CHECK(RejectedConnectionsJson({}, {}, absl::UnixEpoch()) == R"({"data":[]})");
}

TEST_CASE("every field of a new control plane is read", "[rest]") {
  const auto decoded = DecodeCreate(R"({"name":"a","description":"b","labels":{"c":"d"},
      "version":"v3","features":[{"type":"MeshCreation","meshCreation":{"enabled":false}},
      {"type":"HostnameGeneratorCreation","hostnameGeneratorCreation":{"enabled":false}}]})");
  REQUIRE(decoded.value.has_value());
  CHECK(decoded.value->description == "b");
  CHECK(decoded.value->labels == model::Labels{{"c", "d"}});
  CHECK(decoded.value->api_version == "v3");
  CHECK_FALSE(decoded.value->mesh_creation);
  CHECK_FALSE(decoded.value->hostname_generator_creation);
}

TEST_CASE("all that is wrong with a body is said at once", "[rest]") {
  const auto decoded = DecodeCreate(
      R"({"description":1,"labels":{"k":null},"features":[{"type":"X"},7],"extra":{}})");
  CHECK_FALSE(decoded.value.has_value());
  CHECK(FieldsOf(decoded) == std::vector<std::string>{"name:required", "description:is_string",
                                                      "labels.k:is_string", "features[0].type:enum",
                                                      "features[1].type:required",
                                                      "extra:unknown_property"});
  for (const char* bad : {"", "[]", "7", "{", "{\"name\":\"a\",\"name\":\"b\"}"}) {
    CAPTURE(bad);
    CHECK_FALSE(DecodeCreate(bad).value.has_value());
    CHECK(DecodeCreate(bad).detail == "the body is not a JSON object");
  }
}

TEST_CASE("PUT resets what it does not name, PATCH keeps it", "[rest]") {
  const auto put = DecodeReplace(R"({"name":"a"})");
  REQUIRE(put.value.has_value());
  CHECK(put.value->description == "");
  CHECK(put.value->labels == model::Labels());
  CHECK_FALSE(DecodeReplace("{}").value.has_value());
  CHECK_FALSE(DecodeReplace(R"({"name":"a","labels":{"k":null}})").value.has_value());
  const auto patch = DecodePatch(R"({"labels":{"keep":"v","drop":null}})");
  REQUIRE(patch.value.has_value());
  CHECK_FALSE(patch.value->name.has_value());
  CHECK_FALSE(patch.value->labels.has_value());
  CHECK(patch.value->label_patch.at("keep") == "v");
  CHECK_FALSE(patch.value->label_patch.at("drop").has_value());
}

TEST_CASE("pages and filters of the list are read", "[rest]") {
  const auto decoded = DecodeListFigures(
      http::Query("page[size]=100&page[number]=2&filter[name]=x&filter[name][contains]=y"
                  "&filter[labels.env]&filter[labels.env][oeq]=a,b&other=1"));
  REQUIRE(decoded.value.has_value());
  const auto& list = decoded.value->list;
  CHECK(list.page_size == 100);
  CHECK(list.page_number == 2);
  REQUIRE(list.filters.size() == 4);
  CHECK(list.filters[0].op == Op::kEq);
  CHECK(list.filters[1].op == Op::kContains);
  CHECK(list.filters[2].op == Op::kExists);
  CHECK(list.filters[2].field == "labels.env");
  CHECK(list.filters[3].op == Op::kOrEq);
  CHECK(list.filters[3].value == "a,b");
  CHECK_FALSE(decoded.value->NeedsFigures());
}

TEST_CASE("what needs figures is told from what does not", "[rest]") {
  const auto decoded =
      DecodeListFigures(http::Query("include=figures&sort=-offline&filter[worst][neq]=ok"));
  REQUIRE(decoded.value.has_value());
  CHECK(decoded.value->NeedsFigures());
  CHECK(decoded.value->shows_figures);
  CHECK(decoded.value->sort == FigureSort::kOffline);
  CHECK(decoded.value->descending);
  CHECK(decoded.value->list.filters.empty());
  REQUIRE(decoded.value->figure_filters.size() == 1);
  CHECK(decoded.value->figure_filters[0].field == "worst");
}

TEST_CASE("malformed pages and filters are refused by name", "[rest]") {
  for (const char* bad :
       {"page[size]=0", "page[size]=1001", "page[size]=x", "page[number]=-1", "filter[tenant]=x",
        "filter[name", "filter[name][like]=x", "filter[name]x=y", "filter[labels.]=x",
        "sort=colour", "include=secrets"}) {
    CAPTURE(bad);
    const auto decoded = DecodeListFigures(http::Query(bad));
    CHECK_FALSE(decoded.value.has_value());
    REQUIRE(decoded.invalid.size() == 1);
    CHECK(decoded.invalid[0].source == "query");
  }
}

}  // namespace skyden::rest
