// SPDX-License-Identifier: Apache-2.0
#include "cli/textfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cli/import_result.h"
#include "fmt/format.h"

namespace skyden::cli {
namespace {

// As the text format wants label values.
std::string EscapedLabel(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string MetricHead(const char* name, const char* help) {
  return fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name);
}

}  // namespace

std::string DriftMetrics(std::string_view control_plane, const absl::StatusOr<Json>& plan,
                         absl::Time now) {
  const std::string label = fmt::format("control_plane=\"{}\"", EscapedLabel(control_plane));
  std::string text =
      MetricHead("skyden_drift_check_success", "Whether the last look was possible.");
  text += fmt::format("skyden_drift_check_success{{{}}} {}\n", label, plan.ok() ? 1 : 0);
  text += MetricHead("skyden_drift_check_timestamp_seconds", "When the last look was.");
  text += fmt::format("skyden_drift_check_timestamp_seconds{{{}}} {}\n", label,
                      absl::ToUnixSeconds(now));
  if (!plan.ok()) return text;
  text +=
      MetricHead("skyden_drift_resources", "Resources that a sync with the folder would change.");
  for (const char* change : {"created", "updated", "deleted"}) {
    text += fmt::format("skyden_drift_resources{{{},change=\"{}\"}} {}\n", label, change,
                        CountIn(*plan, change));
  }
  return text;
}

absl::Status WriteTextfile(const std::string& path, std::string_view text) {
  const std::string next = fmt::format("{}.{}.tmp", path, getpid());
  const auto fail = [&](const char* what) {
    const std::string why = std::strerror(errno);
    unlink(next.c_str());
    return absl::UnavailableError(fmt::format("cannot {} {}: {}", what, path, why));
  };
  const int file = open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return fail("write");
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written <= 0) {
      close(file);
      return fail("write");
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (close(file) != 0) return fail("write");
  return rename(next.c_str(), path.c_str()) == 0 ? absl::OkStatus() : fail("replace");
}

}  // namespace skyden::cli
