// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/labels.h"

#include <catch2/catch.hpp>

#include "resources/labels/text_rules.h"
#include "skyden/base/limits.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources {
namespace {

using Lines = std::vector<std::string>;

Lines Say(const std::vector<base::FieldViolation>& violations) {
  Lines lines;
  for (const auto& violation : violations)
    lines.push_back(violation.field + ": " + violation.reason);
  return lines;
}

TEST_CASE("names of resources are DNS subdomains of at most 253 characters", "[labels]") {
  for (const std::string_view good : {"a", "a-b", "a.b-c.d1", "0", "1.2.3"}) {
    INFO(good);
    CHECK(CheckResourceName(good).empty());
  }
  CHECK(CheckResourceName(std::string(253, 'n')).empty());
  CHECK(CheckResourceName("") == "cannot be empty");
  CHECK(CheckResourceName(std::string(254, 'n')) == "value length must less or equal 253");
  for (const std::string_view bad :
       {"A", "a_b", "-a", "a-", "a..b", ".a", "a.", "a.-b", "a-.b", "a b", "\xC3\xA9"}) {
    INFO(bad);
    CHECK(CheckResourceName(bad).starts_with("invalid characters. A lowercase RFC 1123"));
  }
  CHECK_FALSE(CheckResourceName(std::string_view("a\0b", 3)).empty());
}

TEST_CASE("the mesh of a resource may be named as older meshes were", "[labels]") {
  CHECK(CheckMeshOfResource("a_b.c-").empty());
  CHECK(CheckMeshOfResource("") == "cannot be empty");
  CHECK(CheckMeshOfResource("A").starts_with("invalid characters. Valid characters are numbers"));
}

TEST_CASE("label keys are qualified names", "[labels]") {
  for (const std::string_view good : {"a", "A_b.c-1", "kuma.io/zone", "a.b/C_d"}) {
    INFO(good);
    CHECK(CheckLabelKey(good).empty());
  }
  CHECK(CheckLabelKey(std::string(63, 'k')).empty());
  CHECK(CheckLabelKey(std::string(64, 'k')) == Lines{"name part must be no more than 63 bytes"});
  CHECK(CheckLabelKey("/a") == Lines{"prefix part must be non-empty"});
  CHECK(CheckLabelKey("x/").size() == 2);
  CHECK(CheckLabelKey("x/")[0] == "name part must be non-empty");
  CHECK(CheckLabelKey("UP/a").front().starts_with("prefix part a lowercase RFC 1123 subdomain"));
  CHECK(CheckLabelKey("a/b/c").front().starts_with("a valid label key must consist of"));
  CHECK(CheckLabelKey("a/b/c").size() == 1);
  CHECK(CheckLabelKey("bad key!").size() == 1);
}

TEST_CASE("an empty origin is none", "[labels]") {
  CHECK(labels::CheckWritten({{"kuma.io/origin", ""}}).empty());
  CHECK(labels::CheckWritten({{"kuma.io/origin", "global"}}).empty());
  CHECK(Say(labels::CheckWritten({{"kuma.io/origin", "zone"}})) ==
        Lines{"labels[\"kuma.io/origin\"]: the origin label must be set to 'global'"});
  CHECK(labels::CheckWritten({{"kuma.io/origin", "x"}}).size() == 2);
}

TEST_CASE("label values are short, and plain or empty", "[labels]") {
  CHECK(CheckLabelValue("").empty());
  CHECK(CheckLabelValue("A-b_c.1").empty());
  CHECK(CheckLabelValue(std::string(64, 'v')) == Lines{"must be no more than 63 bytes"});
  CHECK(CheckLabelValue("-a").size() == 1);
  CHECK(CheckLabelValue("a b").front().starts_with("a valid label must be an empty string or"));
}

TEST_CASE("a label set has a bound", "[labels]") {
  model::Labels many;
  for (size_t i = 0; i <= base::limits::kLabels; ++i) many["k" + std::to_string(i)] = "v";
  CHECK(Say(labels::CheckWritten(many)) == Lines{"labels: must have at most 256 entries"});
  many.erase(many.begin());
  CHECK(labels::CheckWritten(many).empty());
}

TEST_CASE("the mesh label is added where there is a mesh and none was given", "[labels]") {
  const auto& timeout = testing::Type("MeshTimeout");
  const auto& zone = testing::Type("Zone");
  CHECK(labels::Compute(model::KumaVersion::kTwo, timeout, {"m", "t"}, {}) ==
        model::Labels{{"kuma.io/mesh", "m"}});
  CHECK(labels::Compute(model::KumaVersion::kTwo, timeout, {"m", "t"}, {{"kuma.io/mesh", "x"}}) ==
        model::Labels{{"kuma.io/mesh", "x"}});
  CHECK(labels::Compute(model::KumaVersion::kTwo, zone, {"", "z"}, {{"a", "b"}}) ==
        model::Labels{{"a", "b"}});
}

TEST_CASE("Kuma 3 computes the name and origin of what is written, whatever a client says",
          "[labels]") {
  const auto compute = [](const char* type, const model::Labels& written) {
    return labels::Compute(model::KumaVersion::kThree, testing::Type(type), {"m", "n"}, written);
  };
  CHECK(compute("MeshTimeout", {}) == model::Labels{{"kuma.io/display-name", "n"},
                                                    {"kuma.io/mesh", "m"},
                                                    {"kuma.io/origin", "global"}});
  CHECK(compute("Zone", {{"kuma.io/display-name", "other"}, {"kuma.io/zone", "z"}}) ==
        model::Labels{
            {"kuma.io/display-name", "n"}, {"kuma.io/origin", "global"}, {"kuma.io/zone", "z"}});
  CHECK(compute("MeshTimeout", {{"kuma.io/mesh", "other"}}).at("kuma.io/mesh") == "other");
  // What a zone made keeps what the zone called it.
  CHECK(compute("MeshTrust", {{"kuma.io/origin", "zone"}, {"kuma.io/display-name", "d"}}) ==
        model::Labels{
            {"kuma.io/display-name", "d"}, {"kuma.io/mesh", "m"}, {"kuma.io/origin", "zone"}});
}

TEST_CASE("a policy of Kuma 3's global is its owner's", "[labels]") {
  const auto check = [](model::KumaVersion version, const char* type, const char* role) {
    return Say(labels::CheckRole(version, testing::Type(type), {{"kuma.io/policy-role", role}}));
  };
  CHECK(
      check(model::KumaVersion::kThree, "MeshTimeout", "producer") ==
      Lines{"labels[\"kuma.io/policy-role\"]: kuma.io/policy-role label should have system value, "
            "got producer"});
  CHECK(check(model::KumaVersion::kThree, "MeshTimeout", "system").empty());
  CHECK(check(model::KumaVersion::kThree, "MeshTrust", "producer").empty());
  CHECK(check(model::KumaVersion::kTwo, "MeshTimeout", "producer").empty());
}

}  // namespace
}  // namespace skyden::resources
