// SPDX-License-Identifier: Apache-2.0
// preview: what one policy would change, asked of a control plane with many proxies.
// Prints, a line of JSON each, how long that takes over REST and what it takes of memory; and how
// many calls a Kuma global's own API needs for the same: each proxy's `_rules` before and after the
// write.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "skyden/resources/codec.h"
#include "skyden/store/tenant_tx.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

const size_t proxy_count = [] {
  const char* text = std::getenv("PROXIES");
  return text == nullptr ? size_t{10'000} : std::strtoull(text, nullptr, 10);
}();

constexpr size_t kServices = 200;
constexpr size_t kZones = 20;
constexpr size_t kPolicies = 60;
constexpr size_t kPerWrite = 500;
constexpr int kRounds = 5;

size_t ResidentBytes(const char* which) {
  std::ifstream lines("/proc/self/status");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(which)) return std::strtoull(line.c_str() + 7, nullptr, 10) * 1024;
  }
  return 0;
}
// The peak from now on.
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

void StoreProxies(RestEnv& env, const std::string& id) {
  const model::TypeDescriptor& type = *env.registry().core().dataplane;
  for (size_t first = 0; first < proxy_count; first += kPerWrite) {
    const auto written = env.store->Write(env.Inside(id), [&](store::WriteTx& tx) -> absl::Status {
      for (size_t i = first; i < std::min(first + kPerWrite, proxy_count); ++i) {
        model::Resource resource;
        resource.type = type.id;
        resource.zone = fmt::format("zone-{}", i % kZones);
        resource.key = {"default", fmt::format("dp-{}.{}", i, resource.zone)};
        resource.labels = {{"kuma.io/origin", "zone"},
                           {"kuma.io/zone", resource.zone},
                           {"kuma.io/display-name", fmt::format("dp-{}", i)},
                           {"kuma.io/mesh", "default"}};
        const std::string spec = fmt::format(
            R"({{"networking":{{"address":"10.{}.{}.{}","inbound":[{{"port":8080,"tags":)"
            R"({{"kuma.io/service":"service-{}","kuma.io/protocol":"http","kuma.io/zone":"{}",)"
            R"("version":"v{}"}}}}]}}}})",
            i / 65536, i / 256 % 256, i % 256, i % kServices, resource.zone, i % 3);
        resource.spec = env.codec().SpecFromJson(type, spec).value();
        const absl::Status put = tx.PutResource(resource);
        if (!put.ok()) return put;
      }
      return absl::OkStatus();
    });
    REQUIRE(written.ok());
  }
}

std::string Timeout(const std::string& name, const std::string& target, int seconds) {
  return fmt::format(
      R"({{"type":"MeshTimeout","mesh":"default","name":"{}","spec":{{"targetRef":{},)"
      R"("to":[{{"targetRef":{{"kind":"Mesh"}},"default":{{"idleTimeout":"{}s"}}}}]}}}})",
      name, target, seconds);
}

void Ask(RestEnv& env, const std::string& id, const std::string& scenario,
         const std::string& document) {
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/preview";
  ForgetPeak();
  const size_t before = ResidentBytes("VmRSS:");
  std::vector<double> took;
  Answer answer;
  for (int i = 0; i < kRounds; ++i) {
    const absl::Time begin = absl::Now();
    answer = env.Post(path, document);
    took.push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
    REQUIRE(answer.status == 200);
  }
  std::sort(took.begin(), took.end());
  const auto preview = answer.json();
  fmt::print(
      "{{\"scenario\":\"{}\",\"proxies\":{},\"changed\":{},\"groups\":{},\"complete\":{},"
      "\"p50_ms\":{:.0f},\"max_ms\":{:.0f},\"peak_mib\":{:.1f},\"answer_kib\":{},"
      "\"calls\":1,\"calls_of_kuma\":{}}}\n",
      scenario, preview["proxies"]["total"].get<size_t>(),
      preview["proxies"]["changed"].get<size_t>(), preview["groups"].size(),
      preview["complete"].get<bool>(), took[took.size() / 2], took.back(),
      static_cast<double>(ResidentBytes("VmHWM:") - std::min(before, ResidentBytes("VmHWM:"))) /
          (1 << 20),
      answer.body.size() / 1024, 2 * proxy_count + 2);
  std::fflush(stdout);
}

TEST_CASE("previews") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  StoreProxies(env, id);
  for (size_t i = 0; i < kPolicies; ++i) {
    const std::string name = fmt::format("of-{}", i);
    const std::string target = fmt::format(R"({{"kind":"MeshService","name":"service-{}"}})", i);
    const Answer answer = env.Put(RestEnv::ApiOf(id) + "/meshes/default/meshtimeouts/" + name,
                                  Timeout(name, target, static_cast<int>(i) + 1));
    REQUIRE(answer.status == 201);
  }
  env.Get(RestEnv::ApiOf(id) + "/meshes/default/dataplanes");  // read once
  Ask(env, id, "everybody", Timeout("new", R"({"kind":"Mesh"})", 99));
  Ask(env, id, "one service", Timeout("new", R"({"kind":"MeshService","name":"service-7"})", 99));
  Ask(env, id, "by labels",
      Timeout("new", R"({"kind":"Dataplane","labels":{"kuma.io/display-name":"dp-5"}})", 99));
  Ask(env, id, "the mesh itself",
      R"({"type":"Mesh","name":"default","meshServices":{"mode":"Exclusive"}})");
  Ask(env, id, "an older policy",
      R"({"type":"TrafficPermission","mesh":"default","name":"all","sources":)"
      R"([{"match":{"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"*"}}]})");
}

}  // namespace
}  // namespace skyden::rest
