// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "absl/strings/str_split.h"
#include "skyden/telemetry/metrics.h"

namespace skyden::telemetry {
namespace {

// Seconds and bytes are the units; Prometheus's readers scale.
constexpr std::array<std::string_view, 14> kOtherUnits = {
    "ms",    "milliseconds", "us",  "microseconds", "ns",        "nanoseconds", "minutes",
    "hours", "days",         "kib", "kilobytes",    "megabytes", "bits",        "percent"};
// The page says a metric's type beside its name. What the text form itself adds to a histogram's.
constexpr std::array<std::string_view, 4> kTypes = {"counter", "gauge", "histogram", "summary"};
constexpr std::array<std::string_view, 3> kParts = {"count", "sum", "bucket"};
// Of every process, as Prometheus's own client libraries name it: dashboards know these.
constexpr std::array<std::string_view, 7> kOfProcess = {"process_cpu_seconds_total",
                                                        "process_resident_memory_bytes",
                                                        "process_virtual_memory_bytes",
                                                        "process_open_fds",
                                                        "process_max_fds",
                                                        "process_threads",
                                                        "process_start_time_seconds"};

template <class Set>
bool Contains(const Set& set, std::string_view word) {
  return std::find(set.begin(), set.end(), word) != set.end();
}

bool IsWord(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

std::string NamingFault(MetricKind kind, std::string_view name, std::string_view help) {
  if (help.empty()) return "nothing says what it is";
  if (help.find_first_of("\n\\") != std::string_view::npos) return "the help is not one plain line";
  std::vector<std::string> words = absl::StrSplit(std::string(name), '_');
  if (!std::all_of(words.begin(), words.end(), IsWord)) return "a name is words of a-z and 0-9";
  if ((words.size() < 3 || words[0] != "skyden") && !Contains(kOfProcess, name)) {
    return "a name begins with skyden_<module>_";
  }
  if ((words.back() == "total") != (kind == MetricKind::kCounter)) {
    return "_total ends the names of counters, and of nothing else";
  }
  if (kind == MetricKind::kCounter) words.pop_back();
  if (Contains(kParts, words.back())) return "_count, _sum and _bucket are parts of histograms";
  for (size_t i = 0; i < words.size(); ++i) {
    if (Contains(kTypes, words[i])) return "the type is no part of a name";
    if (Contains(kOtherUnits, words[i])) return "units are seconds and bytes";
    const bool unit = words[i] == "seconds" || words[i] == "bytes";
    if (unit && i + 1 != words.size()) return "the unit comes last";
  }
  return "";
}

}  // namespace skyden::telemetry
