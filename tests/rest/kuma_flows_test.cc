// SPDX-License-Identifier: Apache-2.0
// Ordered sessions with real globals of Kuma 2.14.3 and of Kuma 3, asked again of us.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <regex>
#include <set>
#include <vector>

#include "skyden/base/crypto.h"
#include "tests/rest/rest_env.h"
#include "tests/test_data.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

// Masks what differs between any two runs, as the recording was masked.
json Masked(const json& value, const std::string& key = "") {
  static const std::set<std::string> kVolatile = {"hostname", "instanceId", "clusterId",
                                                  "gui",      "version",    "instance"};
  static const std::regex kTime(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*)");
  static const std::regex kOrigin(R"(^https?://[^?]*)");
  static const std::regex kUuid("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  if (value.is_object()) {
    json masked = json::object();
    for (const auto& [name, item] : value.items()) {
      if (!kVolatile.contains(name)) masked[name] = Masked(item, name);
    }
    return masked;
  }
  if (value.is_array()) {
    json masked = json::array();
    for (const json& item : value) masked.push_back(Masked(item));
    return masked;
  }
  if (!value.is_string()) return value;
  const std::string text = value;
  if (text.size() < 64 && std::regex_match(text, kTime)) return "<time>";
  if (key == "next") return std::regex_replace(text, kOrigin, "<self>");
  if (key == "data" && text.size() > 200) return "<key>";
  if (text.size() > 2000) return text;
  return std::regex_replace(text, kUuid, "<uuid>");
}

json JwtPart(const std::string& part) {
  const auto bytes = base::Base64UrlDecode(part);
  return bytes.ok() ? json::parse(*bytes, nullptr, false) : json();
}

json AnswerOf(const Answer& answer) {
  if (answer.body.empty()) return nullptr;
  const json parsed = answer.json();
  if (!parsed.is_discarded()) return Masked(parsed);
  const size_t first = answer.body.find('.');
  const size_t second = answer.body.find('.', first + 1);
  if (answer.body.starts_with("ey") && second != std::string::npos) {
    json claims = JwtPart(answer.body.substr(first + 1, second - first - 1));
    const int64_t lives = claims.value("exp", int64_t{0}) - claims.value("iat", int64_t{0});
    for (const char* name : {"exp", "iat", "nbf", "jti"}) claims.erase(name);
    return {{"jwt",
             {{"header", JwtPart(answer.body.substr(0, first))},
              {"claims", claims},
              {"lives_s", lives}}}};
  }
  return {{"text", answer.body.substr(0, 300)}};
}

struct Floors {
  size_t status, exact;  // per cent
};

void Play(model::KumaVersion version, const std::string& recording, const Floors& floors) {
  const std::vector<std::string> cases = TestDataLines(recording);
  const bool verbose = std::getenv("SKYDEN_VERBOSE") != nullptr;
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane("flows", version));
  size_t same_status = 0;
  size_t same = 0;
  for (const std::string& line : cases) {
    const json expected = json::parse(line);
    std::vector<std::pair<std::string, std::string>> headers;
    json sent = expected.value("headers", json());
    if (!sent.is_object()) sent = json::object();
    for (const auto& [name, value] : sent.items()) {
      headers.emplace_back(name, value);
    }
    const auto has = [&](const char* name) {
      return std::any_of(headers.begin(), headers.end(),
                         [&](const auto& header) { return header.first == name; });
    };
    if (!has("content-type")) headers.emplace_back("Content-Type", "application/json");
    if (!has("accept")) headers.emplace_back("Accept", "application/json");
    std::string body;
    if (expected.contains("raw")) {
      body = expected["raw"];
    } else if (expected.contains("body") && !expected["body"].is_null()) {
      body = expected["body"].dump();
    }
    const std::string path = expected["path"];
    const Answer answer =
        env.Send(expected["method"].get<std::string>(), api + (path == "/" ? "" : path),
                 env.operator_token, body, headers);
    const bool status_ok = answer.status == expected["status"];
    const bool exact = status_ok && AnswerOf(answer) == expected["answer"];
    same_status += status_ok ? 1 : 0;
    same += exact ? 1 : 0;
    if (verbose && !exact) {
      std::cout << expected["id"] << ' ' << expected["method"] << ' ' << path << "\n  expected "
                << expected["status"] << ' ' << expected["answer"] << "\n  got      "
                << answer.status << ' ' << AnswerOf(answer) << '\n';
    }
  }
  std::cout << "flows: " << cases.size() << " requests, status " << same_status << ", exact "
            << same << '\n';
  CHECK(same_status * 100 >= cases.size() * floors.status);
  CHECK(same * 100 >= cases.size() * floors.exact);
}

}  // namespace

TEST_CASE("the recorded session with a Kuma global goes the same way here", "[rest][kuma]") {
  Play(model::KumaVersion::kTwo, "conform/flows-2.14.3.jsonl", {99, 90});
}

TEST_CASE("the recorded session with a global of Kuma 3 goes the same way in a control plane of v3",
          "[rest][kuma]") {
  Play(model::KumaVersion::kThree, "conform/flows-3.jsonl", {99, 90});
}

}  // namespace skyden::rest
