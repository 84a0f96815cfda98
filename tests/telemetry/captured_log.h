// SPDX-License-Identifier: Apache-2.0
// What is logged from here on: standard error goes to a file until the end of the scope.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

#include "skyden/base/check.h"

namespace skyden::telemetry::testing {

class CapturedLog {
 public:
  CapturedLog() : file_(std::tmpfile()), before_(dup(STDERR_FILENO)) {
    SKYDEN_CHECK(file_ != nullptr && before_ >= 0);
    SKYDEN_CHECK(dup2(fileno(file_), STDERR_FILENO) >= 0);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;
  ~CapturedLog() {
    dup2(before_, STDERR_FILENO);
    close(before_);
    std::fclose(file_);
  }

  std::string Text() const {
    std::string text;
    char buffer[4096];
    off_t at = 0;
    while (true) {
      const ssize_t bytes = pread(fileno(file_), buffer, sizeof(buffer), at);
      if (bytes <= 0) return text;
      text.append(buffer, static_cast<size_t>(bytes));
      at += bytes;
    }
  }

 private:
  std::FILE* const file_;
  const int before_;
};

}  // namespace skyden::telemetry::testing
