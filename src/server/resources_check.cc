// SPDX-License-Identifier: Apache-2.0
#include "server/resources_check.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>
#include <vector>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "server/exit_codes.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

constexpr char kNoMemory[] =
    "level=error event=\"cannot go on\" reason=\"out of memory: raise the limit of this "
    "process\"\n";
constexpr char kAborted[] =
    "level=error event=\"cannot start\" reason=\"a library gave up, most likely for lack of memory "
    "or threads: raise the limits of this process\"\n";

// Without an allocation.
[[noreturn]] void SayAndExit(std::string_view line) {
  if (write(STDERR_FILENO, line.data(), line.size()) < 0) std::_Exit(kExitFailed);
  std::_Exit(kExitFailed);
}

[[noreturn]] void OnTerminate() {
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const std::bad_alloc&) {
    SayAndExit(kNoMemory);
  } catch (const std::system_error& error) {
    const bool no_thread = error.code() == std::errc::resource_unavailable_try_again;
    telemetry::Log(telemetry::Level::error, "cannot go on",
                   {{"reason", no_thread ? "out of threads: raise the limit of this process"
                                         : std::string(error.what())}});
    std::_Exit(kExitFailed);
  } catch (...) {
  }
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

void OnAbort(int) { SayAndExit(kAborted); }

void* Wait(void* until) {
  static_cast<absl::Notification*>(until)->WaitForNotification();
  return nullptr;
}

}  // namespace

absl::Status CheckThreads(int count) {
  absl::Notification enough;
  std::vector<pthread_t> threads;
  int error = 0;
  while (error == 0 && static_cast<int>(threads.size()) < count) {
    pthread_t thread{};
    error = pthread_create(&thread, nullptr, &Wait, &enough);
    if (error == 0) threads.push_back(thread);
  }
  enough.Notify();
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  if (error == 0) return absl::OkStatus();
  return absl::ResourceExhaustedError(fmt::format(
      "the system gives {} of {} threads ({}): raise the limits of this process, of threads "
      "(ulimit -u, TasksMax, pids.max) and of memory, or lower worker_threads",
      threads.size(), count, std::strerror(error)));
}

void SayWhyItEnds() {
  std::set_terminate(&OnTerminate);
  std::signal(SIGABRT, &OnAbort);
}

void KeepAborts() { std::signal(SIGABRT, SIG_DFL); }

}  // namespace skyden::server
