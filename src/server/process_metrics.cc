// SPDX-License-Identifier: Apache-2.0
// Read of /proc/self, which a sandbox leaves to us (ProcSubset=pid hides /proc/stat and the like).
#include "server/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/time/clock.h"
#include "skyden/base/version.h"

namespace skyden::server {
namespace {

constexpr double kUnknown = -1;

// Fields of /proc/self/stat behind the name, which may hold anything: proc(5) counts from 1, and
// the first of these is 3.
constexpr size_t kFirstField = 3;
constexpr size_t kThreads = 20;
constexpr size_t kStartTime = 22;
constexpr size_t kVirtualBytes = 23;
constexpr size_t kResidentPages = 24;

double StatField(size_t field) {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return kUnknown;
  std::istringstream fields(text.substr(name_end + 1));
  std::string value;
  for (size_t i = kFirstField; i <= field; ++i) {
    if (!(fields >> value)) return kUnknown;
  }
  std::istringstream number(value);
  double parsed = kUnknown;
  number >> parsed;
  return parsed;
}

double CpuSeconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return kUnknown;
  return absl::ToDoubleSeconds(absl::DurationFromTimeval(usage.ru_utime) +
                               absl::DurationFromTimeval(usage.ru_stime));
}

double OpenDescriptors() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return kUnknown;
  double count = 0;
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count - 3;  // ".", ".." and the folder itself
}

double DescriptorsMax() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : kUnknown;
}

// As a time of the clock that people read. The kernel counts from when the machine was started.
double StartTime() {
  timespec since_boot{};
  const double ticks = StatField(kStartTime);
  if (ticks < 0 || clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0) return kUnknown;
  const double booted = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch() -
                                              absl::DurationFromTimespec(since_boot));
  return booted + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double InBytes(double pages) {
  return pages < 0 ? kUnknown : pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// The name of the type is that of the function as well.
using FileSystem = struct statvfs;

double DiskBytes(const std::string& folder, fsblkcnt_t FileSystem::*blocks) {
  FileSystem about{};
  if (statvfs(folder.c_str(), &about) != 0) return kUnknown;
  return static_cast<double>(about.*blocks) * static_cast<double>(about.f_frsize);
}

}  // namespace

void AddProcessMetrics(telemetry::Metrics& metrics) {
  metrics.AddGauge("skyden_build_info", "1; its labels say what was built", [] { return 1; },
                   {{"version", std::string(base::Version())}});
  metrics.AddCounter("process_cpu_seconds_total", "Processor time used, of user and system",
                     CpuSeconds);
  metrics.AddGauge("process_resident_memory_bytes", "Memory that is resident",
                   [] { return InBytes(StatField(kResidentPages)); });
  metrics.AddGauge("process_virtual_memory_bytes", "Memory that is mapped",
                   [] { return StatField(kVirtualBytes); });
  metrics.AddGauge("process_open_fds", "Descriptors that are open", OpenDescriptors);
  metrics.AddGauge("process_max_fds", "Descriptors that may be open", DescriptorsMax);
  metrics.AddGauge("process_threads", "Threads", [] { return StatField(kThreads); });
  // Once, so that it does not change when somebody sets the clock.
  metrics.AddGauge("process_start_time_seconds", "When the process was started, since 1970",
                   [at = StartTime()] { return at; });
}

void AddDiskMetrics(telemetry::Metrics& metrics, const std::string& folder) {
  metrics.AddGauge("skyden_store_disk_free_bytes",
                   "Room left on the file system of the data directory",
                   [folder] { return DiskBytes(folder, &FileSystem::f_bavail); });
  metrics.AddGauge("skyden_store_disk_size_bytes", "Size of the file system of the data directory",
                   [folder] { return DiskBytes(folder, &FileSystem::f_blocks); });
}

}  // namespace skyden::server
