// SPDX-License-Identifier: Apache-2.0
// Replays the answers of a real Kuma global to one PUT per case. What needs no store is compared
// here: status, fields named invalid, the whole body of the answer, and what reads back. Cases
// about URLs, names and labels are the manager's and left out.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/labels.h"
#include "tests/test_data.h"

namespace skyden::resources {
namespace {

using Json = nlohmann::json;

struct Answer {
  int status = 0;
  Json body;
  Json get;
};

std::string Text(absl::string_view text) { return {text.data(), text.size()}; }

Answer ErrorAnswer(const absl::Status& status) {
  Json body = {{"type", "/std-errors"},
               {"status", 400},
               {"title", base::TitleOf(status)},
               {"detail", Text(status.message())},
               {"details", Text(status.message())}};
  Json parameters = Json::array();
  Json causes = Json::array();
  for (const base::FieldViolation& violation : base::ViolationsOf(status)) {
    parameters.push_back({{"field", violation.field}, {"reason", violation.reason}});
    causes.push_back({{"field", violation.field}, {"message", violation.reason}});
  }
  if (!parameters.empty()) {
    body["invalid_parameters"] = parameters;
    body["causes"] = causes;
  }
  return {400, body, nullptr};
}

class World {
 public:
  explicit World(model::KumaVersion version) : version_(version) {
    auto registry = model::TypeRegistry::LoadEmbedded();
    INFO(registry.status().ToString());
    REQUIRE(registry.ok());
    registry_ = std::make_unique<model::TypeRegistry>(*std::move(registry));
    auto codec = ResourceCodec::Create(*registry_);
    INFO(codec.status().ToString());
    REQUIRE(codec.ok());
    codecs_ = *std::move(codec);
  }

  const model::TypeDescriptor* TypeOf(const Json& c) const {
    const auto* type = registry_->FindByName(c.at("body").value("type", ""));
    return type == nullptr ? nullptr : registry_->In(version_).Find(type->id);
  }

  // What the manager would do with a new resource, without a store.
  Answer Put(const model::TypeDescriptor& type, const Json& c) const {
    const ResourceCodec& codec = codecs_->In(version_);
    const auto decoded = codec.DecodeRest(type, c.at("body").dump());
    if (!decoded.ok()) return ErrorAnswer(decoded.status());
    model::Resource resource;
    resource.type = type.id;
    resource.key = {decoded->mesh, decoded->name};
    if (type.scope == model::ResourceScope::kGlobal) resource.key.mesh.clear();
    resource.labels = labels::Compute(version_, type, resource.key, decoded->labels);
    resource.spec = decoded->spec;
    if (const auto violations = codec.ValidateNamed(resource); !violations.empty()) {
      return ErrorAnswer(
          base::WithViolations(base::WithTitle(absl::InvalidArgumentError("Resource is not valid"),
                                               "Failed to create a resource"),
                               violations));
    }
    Answer answer = {201, Json::object(), nullptr};
    if (!decoded->warnings.empty()) answer.body["warnings"] = decoded->warnings;
    Json shown = Json::parse(codec.RenderUniversal(resource));
    for (const char* time : {"creationTime", "modificationTime"}) {
      if (shown.contains(time)) shown[time] = "<time>";
    }
    answer.get = {{"status", 200}, {"answer", shown}};
    return answer;
  }

 private:
  std::unique_ptr<model::TypeRegistry> registry_;
  std::unique_ptr<ResourceCodec> codecs_;
  const model::KumaVersion version_;
};

struct Score {
  int cases = 0, status = 0, fields = 0, exact = 0, get = 0;
};

std::vector<std::string> FieldsOf(const Json& answer) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (answer.is_object() && answer.contains("invalid_parameters")) {
    for (const Json& parameter : answer["invalid_parameters"]) {
      pairs.emplace_back(parameter.value("field", ""), parameter.value("reason", ""));
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<std::string> fields;
  for (const auto& [field, reason] : pairs) fields.push_back(field);
  return fields;
}

double Percent(int part, int whole) { return whole == 0 ? 100 : 100.0 * part / whole; }

struct Floors {
  double status, fields, exact, get;
};

void Compare(model::KumaVersion version, const std::string& recording, const Floors& floors) {
  // SKYDEN_CONFORM_TYPE shows the differences of one type ("all": of every type).
  const World world(version);
  const char* const only = std::getenv("SKYDEN_CONFORM_TYPE");
  std::map<std::string, Score> scores;
  Score total;
  for (const std::string& line : TestDataLines(recording)) {
    const Json c = Json::parse(line);
    const std::string why = c.value("why", "");
    const std::string id = c.at("id");
    if (why.rfind("seed", 0) != 0 || c.at("status") == 404 || c.at("status") == 405) continue;
    const std::string type_name = id.substr(0, id.rfind('-'));
    if (only != nullptr && only != std::string("all") && type_name != only) continue;
    const model::TypeDescriptor* type = world.TypeOf(c);
    if (type == nullptr) continue;
    const Answer got = world.Put(*type, c);
    const bool status = got.status == c.at("status");
    const bool fields = status && FieldsOf(c.at("answer")) == FieldsOf(got.body);
    const Json want_get = c.contains("get") ? c.at("get") : Json();
    const bool exact = status && c.at("answer") == got.body;
    const bool get = want_get == got.get;
    for (Score* score : {&scores[type_name], &total}) {
      score->cases += 1;
      score->status += status ? 1 : 0;
      score->fields += fields ? 1 : 0;
      score->exact += exact ? 1 : 0;
      score->get += get ? 1 : 0;
    }
    if (only != nullptr && !(exact && get)) {
      fmt::print("{} {}\n  body {}\n  want {} {}\n  got  {} {}\n  want {}\n  got  {}\n", id, why,
                 c.at("body").dump(), c.at("status").dump(), c.at("answer").dump(), got.status,
                 got.body.dump(), want_get.dump(), got.get.dump());
    }
  }
  for (const auto& [name, s] : scores) {
    fmt::print("{:28} n {:4}  status {:4}  fields {:4}  exact {:4}  read-back {:4}\n", name,
               s.cases, s.status, s.fields, s.exact, s.get);
  }
  fmt::print("all {}: status {:.1f}%  fields {:.1f}%  exact {:.1f}%  read-back {:.1f}%\n",
             total.cases, Percent(total.status, total.cases), Percent(total.fields, total.cases),
             Percent(total.exact, total.cases), Percent(total.get, total.cases));
  CHECK(Percent(total.status, total.cases) >= floors.status);
  CHECK(Percent(total.fields, total.cases) >= floors.fields);
  CHECK(Percent(total.exact, total.cases) >= floors.exact);
  CHECK(Percent(total.get, total.cases) >= floors.get);
}

TEST_CASE("bodies are taken and refused as Kuma 2.14.3 takes and refuses them", "[conform]") {
  Compare(model::KumaVersion::kTwo, "conform/resources-2.14.3.jsonl", {99, 97, 90, 98});
}

TEST_CASE("bodies are taken and refused as Kuma 3 takes and refuses them", "[conform]") {
  Compare(model::KumaVersion::kThree, "conform/resources-3.jsonl", {100, 100, 99.9, 100});
}

}  // namespace
}  // namespace skyden::resources
