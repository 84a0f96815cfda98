// SPDX-License-Identifier: Apache-2.0
// The daemon while the wall clock of its machine is set back (see tests/base/moved_clock.cc).
#include <fcntl.h>
#include <httplib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <thread>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

// The clock of the processes that get its environment.
class MovedClock {
 public:
  MovedClock() {
    WriteFile(path(), std::string(sizeof(std::atomic<int64_t>), '\0'));
    const int file = open(path().c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(file >= 0);
    void* const mapped =
        mmap(nullptr, sizeof(std::atomic<int64_t>), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    REQUIRE(mapped != MAP_FAILED);
    seconds_ = static_cast<std::atomic<int64_t>*>(mapped);
  }
  ~MovedClock() { munmap(seconds_, sizeof *seconds_); }
  MovedClock(const MovedClock&) = delete;
  MovedClock& operator=(const MovedClock&) = delete;

  std::map<std::string, std::string> environment() const {
    return {{"LD_PRELOAD", SKYDEN_MOVED_CLOCK},
            {"MOVED_CLOCK", path()},
            {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
  }
  void GoBackADay() { *seconds_ -= 86'400; }

 private:
  std::string path() const { return folder_.path() + "/clock"; }

  TempDir folder_;
  std::atomic<int64_t>* seconds_ = nullptr;
};

// Refuses deliveries, and has the clock set back a day after each, then takes the next.
class Receiver {
 public:
  Receiver(MovedClock& clock, int refusals) : clock_(clock), refusals_(refusals) {
    server_.Post("/hook", [this](const httplib::Request&, httplib::Response& response) {
      if (refusals_ == 0) {
        if (!taken_.HasBeenNotified()) taken_.Notify();
        return;
      }
      --refusals_;
      response.status = 503;
    });
    // Called once the answer is out, when the sender is about to pause.
    server_.set_logger([this](const httplib::Request&, const httplib::Response& response) {
      if (response.status == 503) clock_.GoBackADay();
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return fmt::format("http://127.0.0.1:{}/hook", port_); }
  bool AwaitDelivery() { return taken_.WaitForNotificationWithTimeout(kPatience); }

 private:
  MovedClock& clock_;
  int refusals_;
  absl::Notification taken_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_CASE("pauses end when they should while the clock is set back", "[end_to_end][clock]") {
  MovedClock clock;
  Receiver receiver(clock, 2);
  const TempDir folder;
  WriteFile(folder.path() + "/secret", "a secret of sixteen bytes and more");
  TestDaemon daemon({"--audit-webhook-url", receiver.url(), "--audit-webhook-secret-file",
                     folder.path() + "/secret"},
                    clock.environment());
  daemon.CreateControlPlane("demo");
  CHECK(receiver.AwaitDelivery());
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("zones sync and the audit goes forward while the clock is set back",
          "[end_to_end][clock]") {
  MovedClock clock;
  TestDaemon daemon({}, clock.environment());
  const auto id = daemon.CreateControlPlane("demo");
  const auto zone =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")));
  REQUIRE(zone->Prints("in sync"));
  clock.GoBackADay();
  const std::string path = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/late";
  REQUIRE(daemon.Call("PUT", path, Timeout("late", 5)).status == 201);
  CHECK(zone->Prints("now has MeshTimeout: late"));
  clock.GoBackADay();
  REQUIRE(daemon.Call("DELETE", path).status == 200);

  const Answer audit = daemon.Call("GET", "/v3/audit-logs");
  REQUIRE(audit.status == 200);
  INFO(audit.body.dump());
  absl::Time later = absl::InfiniteFuture();
  for (const Json& entry : audit.body.at("data")) {  // the newest first
    absl::Time at;
    REQUIRE(absl::ParseTime(absl::RFC3339_full, entry.at("at").get<std::string>(), &at, nullptr));
    CHECK(at <= later);
    later = at;
  }
  CHECK(later < absl::InfiniteFuture());
  CHECK(daemon.Cli({"audit", "verify"}).exit_code == 0);
  CHECK(daemon.Stop() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
