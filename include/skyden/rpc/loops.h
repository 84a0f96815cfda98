// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace skyden::rpc {

// The threads that connections live on; of every server that was given them.
class Loops {
 public:
  explicit Loops(int threads);
  ~Loops();  // every Server must be gone
  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::rpc
