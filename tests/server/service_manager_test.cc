// SPDX-License-Identifier: Apache-2.0
#include "server/service_manager.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "fmt/format.h"
#include "tests/server/notified_socket.h"
#include "tests/temp_dir.h"

namespace skyden::server {
namespace {

void SetVariables(const std::string& socket, const std::string& watchdog,
                  const std::string& whose) {
  setenv("NOTIFY_SOCKET", socket.c_str(), 1);
  setenv("WATCHDOG_USEC", watchdog.c_str(), 1);
  setenv("WATCHDOG_PID", whose.c_str(), 1);
}

TEST_CASE("the service manager is told what happens", "[server]") {
  const TempDir dir;
  const bool abstract = GENERATE(false, true);
  const NotifiedSocket socket(abstract ? fmt::format("@skyden-test-{}", getpid()) : dir / "notify");
  const ServiceManager manager(socket.address());
  manager.TellReady("serving");
  CHECK(socket.Next() == "READY=1\nSTATUS=serving\n");
  manager.TellAlive();
  CHECK(socket.Next() == "WATCHDOG=1\n");
  manager.TellReloading(absl::Microseconds(17));
  CHECK(socket.Next() == "RELOADING=1\nMONOTONIC_USEC=17\n");
  manager.TellStopping();
  CHECK(socket.Next() == "STOPPING=1\nSTATUS=draining\n");
  CHECK(socket.Next().empty());
}

TEST_CASE("what the environment says of the service manager is taken out of it", "[server]") {
  SetVariables("/nowhere/notify", "30000000", std::to_string(getpid()));
  CHECK(ServiceManager::TakeFromEnvironment().watchdog() == absl::Seconds(30));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    CHECK(std::getenv(name) == nullptr);
  }
  // Meant for another process, or no number.
  SetVariables("", "30000000", "1");
  CHECK(ServiceManager::TakeFromEnvironment().watchdog() == absl::ZeroDuration());
  SetVariables("", "soon", "");
  CHECK(ServiceManager::TakeFromEnvironment().watchdog() == absl::ZeroDuration());
}

TEST_CASE("without anybody to tell nothing happens", "[server]") {
  ServiceManager("").TellReady("serving");
  ServiceManager("/nowhere/notify").TellReady("serving");
  ServiceManager(std::string(200, 'x')).TellReady("serving");
  SUCCEED();
}

}  // namespace
}  // namespace skyden::server
