// SPDX-License-Identifier: Apache-2.0
// The metrics page of a daemon after what is known to have happened.
#include <catch2/catch.hpp>
#include <csignal>

#include "absl/time/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/self_signed.h"
#include "tests/skip.h"
#include "tests/source_dir.h"
#include "tests/telemetry/exposition.h"

namespace skyden::end_to_end {
namespace {

using telemetry::Exposition;

std::string PageOf(const TestDaemon& daemon) {
  Rest diagnostics("http://" + daemon.address("diagnostics"), "");
  const Answer answer = diagnostics.Call("GET", "/metrics");
  REQUIRE(answer.status == 200);
  REQUIRE(answer.body.is_string());
  return answer.body.get<std::string>();
}

Exposition Scrape(const TestDaemon& daemon) { return telemetry::ParseExposition(PageOf(daemon)); }

// Scrapes until `sample` is at least `value`; what it is then, or after a long time.
double Await(const TestDaemon& daemon, const std::string& sample, double value) {
  const absl::Time give_up = absl::Now() + kPatience;
  double now = 0;
  while ((now = Scrape(daemon)[sample]) < value && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  return now;
}

std::string Requests(const std::string& route, const std::string& status) {
  return "skyden_rest_request_duration_seconds_count{route=\"" + route + "\",status=\"" + status +
         "\"}";
}

TEST_CASE("the metrics page keeps Prometheus's rules", "[end_to_end][metrics]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("a-tenant-of-this-name");
  const std::string text = PageOf(daemon);
  const Exposition page = telemetry::ParseExposition(text);
  CHECK(page.faults == std::vector<std::string>{});
  CHECK(page.families.size() >= 35);
  CHECK(page.families.at("skyden_store_commits_total").type == "counter");
  CHECK(page.families.at("skyden_kds_streams").type == "gauge");
  CHECK(page.families.at("skyden_kds_propagation_seconds").type == "histogram");
  CHECK(text.find("a-tenant-of-this-name") == std::string::npos);
}

TEST_CASE("promtool finds nothing wrong with the metrics page and the alerts",
          "[end_to_end][metrics]") {
  if (Run({"promtool", "--version"}).exit_code != 0) {
    Skip("there is no promtool (Debian's package prometheus has it)");
    return;
  }
  const TestDaemon daemon;
  WriteFile(daemon.dir() + "/page", PageOf(daemon));
  const Ran rules =
      Run({"promtool", "check", "rules", SourceDir() + "/examples/prometheus/alerts.yml"});
  INFO(rules.output << rules.errors);
  CHECK(rules.exit_code == 0);
  const Ran ran = Run({"sh", "-c", "promtool check metrics < \"$0\"", daemon.dir() + "/page"});
  INFO(ran.output << ran.errors);
  CHECK(ran.exit_code == 0);
  CHECK(ran.errors.empty());
}

TEST_CASE("requests and commits are counted one by one", "[end_to_end][metrics]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const std::string policies = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/";
  const Exposition before = Scrape(daemon);
  for (const std::string name : {"a", "b", "c"}) {
    REQUIRE(daemon.Call("PUT", policies + name, Timeout(name, 1)).status == 201);
  }
  const Exposition middle = Scrape(daemon);
  for (int i = 0; i < 5; ++i) daemon.Call("GET", policies + "none");
  CHECK(Rest(daemon.base(), "nonsense").Call("GET", "/v1/mesh/control-planes").status == 401);
  CHECK(daemon.Call("GET", "/nothing/of/ours").status == 404);
  const Exposition after = Scrape(daemon);

  const auto grew = [](const Exposition& from, const Exposition& to, const std::string& sample) {
    REQUIRE(from[sample] >= 0);
    return to[sample] - from[sample];
  };
  CHECK(grew(before, middle, Requests("kuma_writes", "2xx")) == 3);
  CHECK(grew(middle, after, Requests("kuma_reads", "4xx")) == 5);
  CHECK(grew(middle, after, Requests("control_planes", "4xx")) == 1);
  CHECK(grew(middle, after, Requests("other", "4xx")) == 1);
  CHECK(grew(before, after, Requests("kuma_reads", "5xx")) == 0);
  const auto with_code = [](const std::string& code) {
    return "skyden_rest_requests_total{code=\"" + code + "\"}";
  };
  CHECK(grew(before, middle, with_code("201")) == 3);
  CHECK(grew(middle, after, with_code("404")) == 6);
  CHECK(grew(middle, after, with_code("401")) == 1);
  CHECK(grew(before, after, with_code("500")) == 0);
  // One after the other, so each was a transaction of its own; the daemon may have written beside.
  for (const std::string sample :
       {"skyden_store_commits_total", "skyden_store_commit_duration_seconds_count",
        "skyden_store_commit_writes_count", "skyden_store_commit_writes_sum"}) {
    CAPTURE(sample);
    CHECK(grew(before, middle, sample) >= 3);
  }
  CHECK(grew(before, middle, "skyden_store_write_wait_seconds_count") >= 3);
  CHECK(grew(before, after, "skyden_store_commit_duration_seconds_sum") > 0);
  CHECK(after["skyden_store_queued_writes"] >= 0);
  CHECK(after["skyden_store_writable"] == 1);
}

TEST_CASE("the page says what runs, on what, and until when its certificates are good",
          "[end_to_end][metrics]") {
  const TempDir dir;
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", dir / "tls.crt", dir / "tls.key"));
  const TestDaemon daemon(
      {"--kds-certificate-file", dir / "tls.crt", "--kds-key-file", dir / "tls.key"});
  const Exposition page = Scrape(daemon);
  CHECK(page.families.at("skyden_build_info").samples.size() == 1);
  CHECK(page["process_open_fds"] > 10);
  CHECK(page["process_threads"] > 10);
  CHECK(page["skyden_store_disk_free_bytes"] > 0);
  const std::string expiry = "skyden_net_certificate_expiry_timestamp_seconds";
  CHECK(page[expiry + "{port=\"kds\"}"] > absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  CHECK(page.families.at(expiry).samples.size() == 1);  // the others have none
  WriteFile(dir / "tls.crt", "no certificate any more\n");
  CHECK(Scrape(daemon)[expiry + "{port=\"kds\"}"] == 0);
}

TEST_CASE("a change's way to a zone is measured, and so is its port", "[end_to_end][metrics]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const std::string propagated = "skyden_kds_propagation_seconds_count";
  const auto zone =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")));
  REQUIRE(zone->Prints("in sync"));
  const Exposition before = Scrape(daemon);
  REQUIRE(daemon
              .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/slow",
                    Timeout("slow", 5))
              .status == 201);
  CHECK(Await(daemon, propagated, before[propagated] + 1) == before[propagated] + 1);
  const Exposition after = Scrape(daemon);
  CHECK(after["skyden_kds_propagation_seconds_sum"] > before["skyden_kds_propagation_seconds_sum"]);
  CHECK(after["skyden_rpc_connections{port=\"kds\"}"] == 1);
  CHECK(after["skyden_rpc_strangers{port=\"kds\"}"] == 0);
  CHECK(after["skyden_rpc_taken_connections_total{port=\"kds\"}"] == 1);
  CHECK(after["skyden_rpc_begun_calls_total{port=\"kds\"}"] >= 5);
  CHECK(after["skyden_rpc_received_bytes_total{port=\"kds\"}"] > 1'000);
  CHECK(after["skyden_rpc_sent_bytes_total{port=\"kds\"}"] > 1'000);
  CHECK(after["skyden_rpc_offences_total{kind=\"calls\",port=\"kds\"}"] == 0);
  CHECK(after["skyden_rpc_taken_connections_total{port=\"admin\"}"] == 0);
}

TEST_CASE("who scrapes while a daemon stops gets a page or none, never a crash",
          "[end_to_end][metrics]") {
  TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  const std::string diagnostics = "http://" + daemon.address("diagnostics");
  daemon.process().Signal(SIGTERM);
  int status = 0;
  do {
    status = Rest(diagnostics, "").Call("GET", "/metrics").status;
  } while (status != 0);
  CHECK(daemon.process().Wait() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
