// SPDX-License-Identifier: Apache-2.0
// A child process with its output kept in files.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace skyden::end_to_end {

inline constexpr absl::Duration kPatience = absl::Seconds(60);

class Process {
 public:
  // Runs `arguments[0]`. `environment` is added to this process's, without any SKYDEN_*.
  Process(const std::vector<std::string>& arguments, const std::string& output_file,
          const std::map<std::string, std::string>& environment = {});
  ~Process();  // kills it when it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  // Its exit code; minus the signal that ended it; nullopt when it runs on for `patience`.
  std::optional<int> Wait(absl::Duration patience = kPatience);
  bool running() { return !Wait(absl::ZeroDuration()).has_value(); }
  // Standard output and standard error so far.
  std::string output() const;
  std::string errors() const;
  // Waits until `text` stands in the standard output. False when it ended or took too long first.
  bool Prints(const std::string& text) { return Writes(&Process::output, text); }
  // The same of the standard error, where a daemon logs.
  bool Says(const std::string& text) { return Writes(&Process::errors, text); }

 private:
  bool Writes(std::string (Process::*so_far)() const, const std::string& text);

  pid_t pid_ = -1;
  std::string output_file_;
  std::optional<int> ended_;
};

struct Ran {
  int exit_code = -1;
  std::string output;
  std::string errors;
};
// Runs to the end.
Ran Run(const std::vector<std::string>& arguments,
        const std::map<std::string, std::string>& environment = {});

// Each of them, some at a time; their results in the same order.
std::vector<Ran> RunAll(const std::vector<std::vector<std::string>>& commands,
                        const std::map<std::string, std::string>& environment = {});

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& text);

}  // namespace skyden::end_to_end
