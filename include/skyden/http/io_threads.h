// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace skyden::http {

// The io threads and every listener on them. Thread-safe.
class IoThreads {
 public:
  explicit IoThreads(int threads);
  ~IoThreads();  // stops and joins; every Server must be gone
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::http
