// SPDX-License-Identifier: Apache-2.0
// Several daemons over one database, of which one after the other sends the audit.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "skyden/audit/webhook.h"
#include "skyden/base/clock.h"
#include "tests/audit/receiver.h"
#include "tests/store/postgres_daemons.h"

namespace skyden::audit {
namespace {

constexpr int kHandOvers = 100;
constexpr int kEntriesEach = 3;

// The names of what came, in the order in which it came.
std::vector<std::string> NamesIn(const std::vector<httplib::Request>& requests) {
  std::vector<std::string> names;
  for (const httplib::Request& request : requests) {
    std::istringstream lines(request.body);
    for (std::string line; std::getline(lines, line);) {
      names.push_back(nlohmann::json::parse(line).at("object").at("name").get<std::string>());
    }
  }
  return names;
}

TEST_CASE("whoever sends the audit next goes on where the one before was", "[audit][postgres]") {
  store::testing::PostgresDaemons daemons(2);
  const base::RealClock reads;
  base::RealClock clock;
  const auto scope = store::testing::NewOrganization(daemons[0], 1);
  Receiver receiver;
  const auto start = [&](size_t n) {
    WebhookOptions options;
    options.url = receiver.url();
    options.secret = "s3cret";
    options.retry_min = absl::Milliseconds(5);
    auto webhook = Webhook::Start(daemons[n], clock, options);
    REQUIRE(webhook.ok());
    return *std::move(webhook);
  };
  std::vector<std::unique_ptr<Webhook>> webhooks;
  for (size_t n = 0; n < daemons.size(); ++n) webhooks.push_back(start(n));
  int told = 0;
  int led_by_both = 0;
  for (int round = 0; round < kHandOvers; ++round) {
    const size_t leads = daemons.about(0).Leads() ? 0 : 1;
    led_by_both += daemons.about(0).Leads() && daemons.about(1).Leads() ? 1 : 0;
    for (int n = 0; n < kEntriesEach; ++n) {
      Tell(daemons[static_cast<size_t>(told) % 2], scope, fmt::format("entry {}", told));
      ++told;
    }
    // In the middle of a delivery, before one, or after.
    if (round % 3 == 0) receiver.RefuseNext(1);
    webhooks[leads] = nullptr;
    daemons.Close(leads);
    daemons.Open(leads);
    webhooks[leads] = start(leads);
    daemons.Fresh(1 - leads);
  }
  receiver.AwaitLines(told);
  CHECK(led_by_both == 0);

  // At least once, in order, and none is skipped: the first time that each comes.
  std::vector<std::string> first;
  std::map<std::string, int> times;
  const auto came = [&] {
    first.clear();
    times.clear();
    for (const std::string& name : NamesIn(receiver.Requests())) {
      if (++times[name] == 1) first.push_back(name);
    }
    return times.size() >= static_cast<size_t>(told);
  };
  const absl::Duration until = reads.Monotonic() + absl::Seconds(60);
  while (!came() && reads.Monotonic() < until) std::this_thread::yield();
  REQUIRE(first.size() == static_cast<size_t>(told));
  for (int n = 0; n < told; ++n) CHECK(first[static_cast<size_t>(n)] == fmt::format("entry {}", n));
}

}  // namespace
}  // namespace skyden::audit
