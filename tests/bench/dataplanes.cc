// SPDX-License-Identifier: Apache-2.0
// dataplanes [ZONES [DATAPLANES_OF_EACH]]: many dataplanes in one control plane of a daemon of its
// own. Prints, a line of JSON each, what they take in memory and how fast they are looked at.
#define CATCH_CONFIG_RUNNER
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "kds/messages.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "tests/end_to_end/daemon.h"
#include "tests/kds/fake_zone.h"

namespace skyden {
namespace {

using end_to_end::Answer;
using end_to_end::Rest;
using end_to_end::TestDaemon;
using kds::testing::FakeStream;
using kds::testing::FakeZone;
using kds::testing::Told;

size_t zone_count = 100;
size_t dataplanes_of_each = 500;

constexpr size_t kPerMessage = 100;
constexpr int kRounds = 200;

// What a process has used of the processors so far.
absl::Duration CpuOf(pid_t pid) {
  const std::string text = end_to_end::ReadFile(fmt::format("/proc/{}/stat", pid));
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string field;
  for (int i = 0; i < 11; ++i) fields >> field;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return absl::Seconds(1) * (user + system) / sysconf(_SC_CLK_TCK);
}

size_t ResidentBytesOf(pid_t pid) {
  std::istringstream lines(end_to_end::ReadFile(fmt::format("/proc/{}/status", pid)));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("VmRSS:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

// Durations of `rounds` calls of `fn`, and what the daemon used of the processors for one.
void Measure(const TestDaemon& daemon, const std::string& scenario, int rounds,
             const std::function<void(int)>& fn) {
  std::vector<absl::Duration> took;
  const absl::Duration cpu = CpuOf(const_cast<TestDaemon&>(daemon).process().pid());
  for (int i = 0; i < rounds; ++i) {
    const absl::Time begin = absl::Now();
    fn(i);
    took.push_back(absl::Now() - begin);
  }
  const absl::Duration used = CpuOf(const_cast<TestDaemon&>(daemon).process().pid()) - cpu;
  std::sort(took.begin(), took.end());
  fmt::print("{{\"scenario\":\"{}\",\"p50_ms\":{:.2f},\"p99_ms\":{:.2f},\"cpu_ms\":{:.2f}}}\n",
             scenario, absl::ToDoubleMilliseconds(took[took.size() / 2]),
             absl::ToDoubleMilliseconds(took[took.size() * 99 / 100]),
             absl::ToDoubleMilliseconds(used) / rounds);
  std::fflush(stdout);
}

std::map<std::string, std::string> LabelsOf(const std::string& name, const std::string& zone) {
  return {{"kuma.io/display-name", name},
          {"kuma.io/env", "universal"},
          {"kuma.io/mesh", "default"},
          {"kuma.io/origin", "zone"},
          {"kuma.io/proxy-type", "sidecar"},
          {"kuma.io/zone", zone},
          {"app", "shop"}};
}

Told Dataplane(const std::string& name, const std::string& zone, size_t number) {
  kuma::mesh::v1alpha1::Dataplane spec;
  auto& networking = *spec.mutable_networking();
  networking.set_address(
      fmt::format("10.{}.{}.{}", number / 65536, number / 256 % 256, number % 256));
  for (const char* port : {"main", "admin"}) {
    auto& inbound = *networking.add_inbound();
    inbound.set_port(8080);
    inbound.set_name(port);
    auto& tags = *inbound.mutable_tags();
    tags["kuma.io/service"] = fmt::format("shop-{}-{}", number % 50, port);
    tags["kuma.io/zone"] = zone;
    tags["kuma.io/protocol"] = "http";
    tags["version"] = "v1";
  }
  for (uint32_t port = 10'000; port < 10'008; ++port) {
    auto& outbound = *networking.add_outbound();
    outbound.set_port(port);
    (*outbound.mutable_tags())["kuma.io/service"] = fmt::format("shop-{}-main", port % 50);
  }
  return {.name = name,
          .mesh = "default",
          .spec = spec.SerializeAsString(),
          .status = {},
          .labels = LabelsOf(name, zone),
          .spec_type_url = "type.googleapis.com/kuma.mesh.v1alpha1.Dataplane"};
}

Told Insight(const std::string& name, const std::string& zone, const std::string& version) {
  kuma::mesh::v1alpha1::DataplaneInsight spec;
  for (int i = 0; i < 2; ++i) {
    auto& subscription = *spec.add_subscriptions();
    subscription.set_id("0d7f7c1e-5d0e-4c1c-9a0e-0a1b2c3d4e5f");
    subscription.set_control_plane_instance_id(zone + "-cp-abcd");
    subscription.mutable_connect_time()->set_seconds(1'700'000'000);
    if (i == 0) subscription.mutable_disconnect_time()->set_seconds(1'700'000'100);
    auto& status = *subscription.mutable_status();
    for (auto* stats : {status.mutable_total(), status.mutable_cds(), status.mutable_eds(),
                        status.mutable_lds(), status.mutable_rds()}) {
      stats->set_responses_sent(12);
      stats->set_responses_acknowledged(12);
    }
    subscription.mutable_version()->mutable_kumadp()->set_version(version);
    subscription.mutable_version()->mutable_envoy()->set_version("1.36.0");
  }
  spec.mutable_mtls()->set_issuedbackend("ca-1");
  return {.name = name,
          .mesh = "default",
          .spec = spec.SerializeAsString(),
          .status = {},
          .labels = LabelsOf(name, zone),
          .spec_type_url = "type.googleapis.com/kuma.mesh.v1alpha1.DataplaneInsight"};
}

// A connected zone.
class Zone {
 public:
  Zone(const TestDaemon& daemon, const std::string& control_plane, size_t number)
      : name_(fmt::format("zone-{}", number)),
        zone_(daemon.address("kds"), OptionsOf(name_, daemon.Provision(control_plane, name_))) {
    up_ = zone_.Open(kds::testing::kUp);
    for (size_t asked = 0; asked < kds::testing::UpTypes(); ++asked)
      REQUIRE(up_->Read().has_value());
    down_ = zone_.Sync({"Mesh"});
    REQUIRE(down_->Read().has_value());
    // The first state of a type is one message.
    std::vector<Told> dataplanes, insights;
    for (size_t i = 0; i < dataplanes_of_each; ++i) {
      dataplanes.push_back(Dataplane(NameOf(i), name_, number * dataplanes_of_each + i));
      insights.push_back(Insight(NameOf(i), name_, "2.14.3"));
    }
    Tell("Dataplane", dataplanes);
    Tell("DataplaneInsight", insights);
  }

  void Tell(const std::string& type, const std::vector<Told>& told) {
    for (const Told& each : told) {
      bytes_ += each.spec.size() + each.name.size() + each.mesh.size();
      for (const auto& [key, value] : each.labels) bytes_ += key.size() + value.size();
    }
    const std::string nonce = std::to_string(++nonce_);
    REQUIRE(up_->Write(kds::testing::Tell(type, nonce, told)));
    for (;;) {
      const auto bytes = up_->Read();
      REQUIRE(bytes.has_value());
      const auto answer = kds::ScanDeltaRequest(*bytes).value();
      if (answer.response_nonce != nonce) continue;
      INFO(answer.error_message);
      REQUIRE_FALSE(answer.rejects);
      return;
    }
  }
  void Update(const std::string& version) {
    Tell("DataplaneInsight", {Insight(NameOf(0), name_, version)});
  }

  std::string NameOf(size_t i) const { return fmt::format("shop-{}-{}", name_, i); }
  size_t bytes() const { return bytes_; }

 private:
  static FakeZone::Options OptionsOf(const std::string& name, const std::string& token) {
    FakeZone::Options options;
    options.name = name;
    options.headers = {{"authorization", "Bearer " + token}};
    return options;
  }

  const std::string name_;
  FakeZone zone_;
  std::unique_ptr<FakeStream> up_;
  std::unique_ptr<FakeStream> down_;
  int nonce_ = 0;
  size_t bytes_ = 0;
};

void PrintSyncTime(const std::string& folder) {
  const std::string path = folder + "/sync-time";
  const int fd = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  REQUIRE(fd >= 0);
  const std::vector<char> page(4096, 'x');
  std::vector<absl::Duration> took;
  for (int i = 0; i < kRounds; ++i) {
    const absl::Time begin = absl::Now();
    REQUIRE(write(fd, page.data(), page.size()) == static_cast<ssize_t>(page.size()));
    REQUIRE(fsync(fd) == 0);
    took.push_back(absl::Now() - begin);
  }
  close(fd);
  std::sort(took.begin(), took.end());
  fmt::print("{{\"scenario\":\"fsync\",\"p50_ms\":{:.2f}}}\n",
             absl::ToDoubleMilliseconds(took[took.size() / 2]));
}

TEST_CASE("many dataplanes in one control plane") {
  TestDaemon daemon;
  PrintSyncTime(daemon.dir());
  const std::string id = daemon.CreateControlPlane("many");
  const std::string api = TestDaemon::ApiOf(id);
  const pid_t pid = daemon.process().pid();
  const size_t before = ResidentBytesOf(pid);

  std::vector<std::unique_ptr<Zone>> zones;
  const absl::Time begin = absl::Now();
  for (size_t i = 0; i < zone_count; ++i) zones.push_back(std::make_unique<Zone>(daemon, id, i));
  const size_t total = zone_count * dataplanes_of_each;
  size_t told = 0;
  for (const auto& zone : zones) told += zone->bytes();
  fmt::print("{{\"scenario\":\"load\",\"dataplanes\":{},\"zones\":{},\"seconds\":{:.1f}}}\n", total,
             zone_count, absl::ToDoubleSeconds(absl::Now() - begin));

  Rest rest = daemon.NewRest();
  const auto get = [&](const std::string& path) {
    Answer answer = rest.Call("GET", api + path);
    REQUIRE(answer.status == 200);
    return answer;
  };
  Measure(daemon, "first global insight", 1, [&](int) { get("/global-insight"); });
  const auto online = get("/global-insight").body.at("dataplanes").at("standard").at("online");
  REQUIRE(online == total);
  Measure(daemon, "global insight", kRounds, [&](int) { get("/global-insight"); });
  Measure(daemon, "global insight after a change", kRounds, [&](int i) {
    zones[static_cast<size_t>(i) % zone_count]->Update(fmt::format("2.14.{}", i));
    get("/global-insight");
  });
  Measure(daemon, "first overview page", 1,
          [&](int) { get("/meshes/default/dataplanes/_overview?size=100"); });
  Measure(daemon, "overview page", kRounds, [&](int i) {
    get(fmt::format("/meshes/default/dataplanes/_overview?size=100&offset={}",
                    static_cast<size_t>(i) * 97 * 100 % total));
  });
  Measure(daemon, "overview page after a change", kRounds, [&](int i) {
    zones[static_cast<size_t>(i) % zone_count]->Update(fmt::format("2.15.{}", i));
    get("/meshes/default/dataplanes/_overview?size=100");
  });
  Measure(daemon, "overview page, filtered", kRounds,
          [&](int) { get("/meshes/default/dataplanes/_overview?size=100&name=zone-7-"); });
  // From the moment a zone tells until it can be seen.
  const std::string shown = zones[0]->NameOf(0);
  Measure(daemon, "update until it shows", kRounds, [&](int i) {
    const std::string version = fmt::format("3.0.{}", i);
    zones[0]->Update(version);
    while (get("/meshes/default/dataplanes/_overview?size=1&name=" + shown)
               .body.dump()
               .find(version) == std::string::npos) {
    }
  });
  Measure(daemon, "mesh insight", kRounds, [&](int) { get("/mesh-insights/default"); });
  const size_t after = ResidentBytesOf(pid);
  fmt::print(
      "{{\"scenario\":\"memory\",\"resident_bytes_per_dataplane\":{},"
      "\"serialised_bytes_per_dataplane\":{}}}\n",
      (after - before) / total, told / total);
  std::fflush(stdout);
}

}  // namespace
}  // namespace skyden

int main(int argc, char** argv) {
  if (argc > 1) skyden::zone_count = std::strtoull(argv[1], nullptr, 10);
  if (argc > 2) skyden::dataplanes_of_each = std::strtoull(argv[2], nullptr, 10);
  Catch::Session session;
  return session.run();
}
