// SPDX-License-Identifier: Apache-2.0
// Plays what a real Kuma 2.14.3 was asked to store, and compares the answers: the codec and the
// manager together.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "skyden/base/http_status.h"
#include "tests/resources/manager/manager_env.h"
#include "tests/test_data.h"

namespace skyden::resources::testing {
namespace {

using Json = nlohmann::json;

struct Score {
  int cases = 0;
  int status = 0;
  int fields = 0;
  int exact = 0;
  int read_back = 0;
};

struct Target {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
};

const model::TypeDescriptor* FindByPath(std::string_view path) {
  for (const model::TypeDescriptor& type : store::testing::Registry().all()) {
    if (type.path == path || type.alternative_path == path) return &type;
  }
  return nullptr;
}

// "/meshes/<mesh>/<path>/<name>" or "/<path>/<name>".
Target TargetOf(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream segments(path.substr(1));
  for (std::string part; std::getline(segments, part, '/');) parts.push_back(part);
  if (parts.size() == 4) return {FindByPath(parts[2]), {parts[1], parts[3]}};
  return {FindByPath(parts[0]), {"", parts[1]}};
}

Json MaskTimes(Json value) {
  static const std::regex time(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*)");
  if (value.is_structured()) {
    for (auto& each : value) each = MaskTimes(each);
  } else if (value.is_string() && std::regex_match(value.get_ref<const std::string&>(), time)) {
    return "<time>";
  }
  return value;
}

int StatusOf(const absl::StatusOr<PutResult>& result) {
  if (result.ok()) return result->outcome == PutResult::Outcome::kCreated ? 201 : 200;
  return base::HttpStatusOf(result.status());
}

// The body as Kuma's REST API shapes it.
Json AnswerOf(const absl::StatusOr<PutResult>& result) {
  Json answer = Json::object();
  if (result.ok()) {
    if (!result->warnings.empty()) answer["warnings"] = result->warnings;
    return answer;
  }
  const std::string detail(result.status().message());
  answer = {{"type", "/std-errors"},
            {"status", StatusOf(result)},
            {"title", base::TitleOf(result.status())},
            {"detail", detail},
            {"details", detail}};
  for (const auto& [field, reason] : base::ViolationsOf(result.status())) {
    answer["invalid_parameters"].push_back({{"field", field}, {"reason", reason}});
    answer["causes"].push_back({{"field", field}, {"message", reason}});
  }
  return answer;
}

std::vector<std::string> FieldsOf(const Json& answer) {
  std::vector<std::string> fields;
  if (!answer.is_object() || !answer.contains("invalid_parameters")) return fields;
  for (const Json& each : answer["invalid_parameters"]) fields.push_back(each["field"]);
  return fields;
}

class Player {
 public:
  void Play(const nlohmann::ordered_json& wanted) {
    const Target target = TargetOf(wanted["path"]);
    REQUIRE(target.type != nullptr);
    const auto result = env_.PutBody(target.type->name, target.key, wanted["body"].dump());
    const Json answer = AnswerOf(result);
    const Json wanted_answer = Json::parse(wanted["answer"].dump());
    const bool status = StatusOf(result) == wanted["status"].get<int>();
    Count(wanted, status, status && FieldsOf(answer) == FieldsOf(wanted_answer),
          status && answer == wanted_answer, ReadBack(target, result.ok(), wanted), answer);
    if (result.ok()) {
      static_cast<void>(env_.Delete(target.type->name, target.key.mesh, target.key.name).ok());
    }
  }
  const Score& score() const { return score_; }

 private:
  bool ReadBack(const Target& target, bool stored, const nlohmann::ordered_json& wanted) {
    if (!wanted.contains("get")) return !stored;
    if (!stored) return false;
    const auto resource = env_.Get(target.type->name, target.key.mesh, target.key.name);
    if (!resource.ok()) return false;
    read_back_ = MaskTimes(Json::parse(Codec().RenderUniversal(*resource), nullptr, false));
    return read_back_ == Json::parse(wanted["get"]["answer"].dump());
  }

  void Count(const nlohmann::ordered_json& wanted, bool status, bool fields, bool exact,
             bool read_back, const Json& answer) {
    ++score_.cases;
    score_.status += status;
    score_.fields += fields;
    score_.exact += exact;
    score_.read_back += read_back;
    if (std::getenv("SKYDEN_SHOW_DIFFERENCES") == nullptr || (exact && read_back)) return;
    std::cout << wanted["id"] << " " << wanted.value("why", "") << "\n  asked " << wanted["body"]
              << "\n  wanted " << wanted["status"] << " " << wanted["answer"] << "\n  got "
              << answer << "\n";
    if (!read_back && wanted.contains("get")) {
      std::cout << "  read back " << wanted["get"]["answer"] << "\n  but got " << read_back_
                << "\n";
    }
  }

  ManagerEnv env_;
  Score score_;
  Json read_back_;
};

TEST_CASE("resources are taken, refused and read back as by Kuma", "[corpus]") {
  Player player;
  for (const std::string& line : TestDataLines("conform/resources-2.14.3.jsonl")) {
    player.Play(nlohmann::ordered_json::parse(line));
  }
  const Score& score = player.score();
  const auto percent = [&](int agreeing) { return 100.0 * agreeing / score.cases; };
  std::cout << fmt::format(
      "corpus of {}: status {:.1f}%, fields {:.1f}%, exact {:.1f}%, "
      "read-back {:.1f}%\n",
      score.cases, percent(score.status), percent(score.fields), percent(score.exact),
      percent(score.read_back));
  CHECK(percent(score.status) >= 99.0);
  CHECK(percent(score.fields) >= 97.0);
  CHECK(percent(score.exact) >= 90.0);
  CHECK(percent(score.read_back) >= 98.0);
}

}  // namespace
}  // namespace skyden::resources::testing
