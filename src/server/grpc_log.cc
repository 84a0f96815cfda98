// SPDX-License-Identifier: Apache-2.0
#include "server/grpc_log.h"

#include <grpc/support/log.h>

#include <utility>

#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

using telemetry::Level;

LibraryLog& GrpcLog() {
  static const base::RealClock* const clock = new base::RealClock();
  static LibraryLog* const log = new LibraryLog(*clock, [](std::string_view message,
                                                           uint64_t left_out) {
    telemetry::Log(Level::warning, "grpc",
                   {{"message", std::string(message)}, {"left_out", fmt::format("{}", left_out)}});
  });
  return *log;
}

void OnLine(gpr_log_func_args* args) {
  if (args->severity == GPR_LOG_SEVERITY_ERROR) return GrpcLog().Take(args->message);
  telemetry::Log(Level::debug, "grpc", {{"message", args->message}});
}

}  // namespace

LibraryLog::LibraryLog(const base::Clock& clock, Write write)
    : limiter_(clock, {base::limits::kLibraryLinesPerSecond, base::limits::kLibraryLinesBurst, 1}),
      write_(std::move(write)) {}

void LibraryLog::Take(std::string_view message) {
  if (limiter_.Take("") > absl::ZeroDuration()) {
    left_out_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  write_(message, left_out_.exchange(0, std::memory_order_relaxed));
}

void TakeGrpcLog() {
  gpr_set_log_function(&OnLine);
  gpr_set_log_verbosity(telemetry::Enabled(Level::debug) ? GPR_LOG_SEVERITY_INFO
                                                         : GPR_LOG_SEVERITY_ERROR);
}

}  // namespace skyden::server
